"""Builds every golden Slack message from the blocks of slackblocks, a model of Block Kit that is not ours.

slackblocks checks types, lengths and counts when a block is made, and refuses what Slack's pages do not allow. It reads
no container, table or chart from JSON, so that those are made by hand here, and must come out as the golden file has
them. It has no `expand` of sections: that is left out.
"""

import json
import sys
from pathlib import Path

import slackblocks as kit
from slackblocks import blocks, objects
from slackblocks.errors import InvalidUsageError


def known(value, *keys):
    """The values at these keys. Any other key is an error: nothing is left unread."""
    unknown = set(value) - set(keys) - {"type"}
    if unknown:
        raise ValueError(f"{value['type']}: {sorted(unknown)} is not checked")
    return [value.get(key) for key in keys]


def text(value):
    content, emoji, verbatim = known(value, "text", "emoji", "verbatim")
    kinds = {"plain_text": kit.PlainText, "mrkdwn": kit.Markdown}
    options = {"emoji": emoji} if value["type"] == "plain_text" else {"verbatim": verbatim}
    return kinds[value["type"]](content, **{k: v for k, v in options.items() if v is not None})


def header(value):
    return kit.HeaderBlock(text(*known(value, "text")))


def context(value):
    (elements,) = known(value, "elements")
    return kit.ContextBlock([text(element) for element in elements])


def section(value):
    content, fields, _ = known(value, "text", "fields", "expand")
    return kit.SectionBlock(content and text(content), fields=fields and [text(field) for field in fields])


def container(value):
    children, title, collapsible, collapsed = known(
        value, "child_blocks", "title", "is_collapsible", "default_collapsed"
    )
    return blocks.ContainerBlock(
        [build(child) for child in children],
        title=text(title),
        is_collapsible=collapsible or False,
        default_collapsed=collapsed or False,
    )


def table(value):
    caption, rows, size, heading = known(value, "caption", "rows", "page_size", "row_header_column_index")
    cells = [[objects.RawText(*known(cell, "text")) for cell in row] for row in rows]
    return blocks.DataTableBlock(cells, caption, page_size=size, row_header_column_index=heading or 0)


def chart(value):
    title, drawn = known(value, "title", "chart")
    series, axes = known(drawn, "series", "axis_config")
    categories, x, y = (axes.get(key) for key in ("categories", "x_label", "y_label"))
    lines = [
        objects.DataSeries(one["name"], [objects.DataPoint(point["label"], point["value"]) for point in one["data"]])
        for one in series
    ]
    kinds = {"line": objects.LineChart, "bar": objects.BarChart}
    made = kinds[drawn["type"]](lines, objects.AxisConfig(categories, x_label=x, y_label=y))
    return blocks.DataVisualizationBlock(title, made)


BUILDERS = {
    "header": header,
    "context": context,
    "section": section,
    "container": container,
    "data_table": table,
    "data_visualization": chart,
}


def build(value):
    return BUILDERS[value["type"]](value)


# What the model adds or leaves out and Slack does not care about: ids that nobody chose, and defaults.
def plain(value):
    if isinstance(value, dict):
        ignored = {"block_id", "emoji", "verbatim", "expand", "row_header_column_index", "width", "has_header_divider"}
        return {k: plain(v) for k, v in value.items() if k not in ignored}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def documents(path):
    """All the JSON documents of a file, one after the other."""
    content, decoder = path.read_text(), json.JSONDecoder()
    while content := content.lstrip():
        document, end = decoder.raw_decode(content)
        yield document
        content = content[end:]


def main(roots):
    checked, kinds, wrong = 0, set(), 0
    for path in sorted(path for root in roots for path in Path(root).rglob("*.slack*.json")):
        for document in documents(path):
            listed = document["blocks"] if isinstance(document, dict) else document
            try:
                made = [build(block) for block in listed]
                message = kit.Message(channel="#coverage", text="text", blocks=made)
                rendered = json.loads(message.json())["blocks"]
                if plain(rendered) != plain(listed):
                    raise ValueError("the model renders something else")
            except (InvalidUsageError, KeyError, TypeError, ValueError) as err:
                print(f"{path}: {type(err).__name__}: {err}")
                wrong += 1
            checked += 1
            kinds |= {block["type"] for block in listed}
    print(f"slackblocks builds {checked - wrong} of {checked} messages of {', '.join(sorted(kinds))}.")
    sys.exit(1 if wrong or not checked or kinds != set(BUILDERS) else 0)


main(sys.argv[1:])
