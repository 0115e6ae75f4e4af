package slack

import (
	"github.com/slack-go/slack"

	"guardduty-coverage-notifier/pkg/message"
)

// flow writes pieces of markup into as few blocks as hold them, in their order. Once a piece does not fit, it and all
// that follow are left out and counted.
type flow struct {
	page      *page
	separator string
	// expand keeps Slack from folding the blocks by itself.
	expand bool
	// blocks is where they go, of which there may be most.
	blocks *[]slack.Block
	most   int
	// text is the block in the making.
	text []byte
	used int
	left int
}

func (p *page) flow(blocks *[]slack.Block, most int) *flow {
	return &flow{page: p, separator: "\n", blocks: blocks, most: most, text: make([]byte, 0, 1024)}
}

// add writes a piece of at most maxText.
func (f *flow) add(piece string) {
	size := sent(piece)
	switch joined := f.used + sent(f.separator) + size; {
	case piece == "":
	case f.left > 0:
		f.left++
	case f.used > 0 && joined <= maxText && f.page.hasRoom(0, sent(f.separator)+size):
		f.text = append(append(f.text, f.separator...), piece...)
		f.used = joined
		f.page.size += sent(f.separator) + size
	case f.fits(1, size):
		f.flush()
		f.text = append(f.text, piece...)
		f.used = size
		f.page.size += around + size
	default:
		f.left++
	}
}

// fits reports whether so many more blocks fit, with so much text, and one more that says what was left out.
func (f *flow) fits(blocks, text int) bool {
	if f.used > 0 {
		blocks++
	}
	return len(*f.blocks)+blocks < f.most && len(f.page.blocks)+f.inside()+blocks < maxBlocks &&
		f.page.hasRoom(0, blocks*around+text)
}

// inside is how many blocks of a container the page does not have yet.
func (f *flow) inside() int {
	if f.blocks == &f.page.blocks {
		return 0
	}
	return len(*f.blocks) + 1
}

// block writes a block that is no text.
func (f *flow) block(block slack.Block, size int) {
	if f.left > 0 || !f.fits(1, size) {
		f.left++
		return
	}
	f.flush()
	*f.blocks = append(*f.blocks, block)
	f.page.size += around + size
}

// facts are labelled values beside each other.
func (f *flow) facts(facts []message.Fact, heading string) {
	var fields []*slack.TextBlockObject
	size := 0
	for _, fact := range facts {
		if markup := factMarkup(fact, f.page.mark); markup != "" {
			fields = append(fields, mrkdwn(markup))
			size += around + sent(markup)
		}
		if len(fields) == maxFields {
			f.fields(fields, size, heading)
			fields, size, heading = nil, 0, ""
		}
	}
	f.fields(fields, size, heading)
}

func (f *flow) fields(fields []*slack.TextBlockObject, size int, heading string) {
	if len(fields) == 0 {
		return
	}
	if f.left > 0 || !f.fits(2, size) {
		f.left += len(fields)
		return
	}
	if heading != "" {
		f.add("*" + clip(heading, maxHeader, f.page.mark, plain) + "*")
	}
	f.block(slack.NewSectionBlock(nil, fields, nil), size)
}

func (f *flow) flush() {
	if f.used == 0 {
		return
	}
	section := slack.NewSectionBlock(mrkdwn(string(f.text)), nil, nil)
	section.Expand = f.expand
	*f.blocks = append(*f.blocks, section)
	f.text = f.text[:0]
	f.used = 0
}

// end writes what is left of the last block, and says what was left out.
func (f *flow) end() {
	f.flush()
	if f.left > 0 {
		note := more(f.page.words, f.left)
		*f.blocks = append(*f.blocks, slack.NewSectionBlock(mrkdwn(note), nil, nil))
		f.page.size += around + sent(note)
		f.left = 0
	}
}
