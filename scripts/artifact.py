"""Checks what sam build built: one static bootstrap for the right processor, in a zip that is not too large."""

import io
import pathlib
import struct
import sys
import zipfile

# How large a zip may be, in bytes. The notifier's start is what people wait for.
ZIP_LIMITS = {"NotifyFunction": 5_000_000, "ReportFunction": 6_250_000, "DiagnoseFunction": 5_500_000}
# The ELF header's e_machine, and the type of the program header that asks for a dynamic loader.
MACHINES = {"x86_64": 62, "arm64": 183}
PT_INTERP = 3


def program_types(elf):
    """The p_type of each program header of a 64-bit little-endian ELF file."""
    (offset,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    return [struct.unpack_from("<I", elf, offset + i * size)[0] for i in range(count)]


def zip_size(files):
    """The size of the zip that sam package would upload."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return buffer.tell()


def main(directory, architecture):
    files = sorted(pathlib.Path(directory).iterdir())
    names = [file.name for file in files]
    if names != ["bootstrap"]:
        sys.exit(f"{directory} holds {names}, expected only bootstrap")
    elf = files[0].read_bytes()
    if elf[:4] != b"\x7fELF" or struct.unpack_from("<H", elf, 18)[0] != MACHINES[architecture]:
        sys.exit(f"{files[0]} is no program for {architecture}")
    if PT_INTERP in program_types(elf):
        sys.exit(f"{files[0]} is not static")
    if not files[0].stat().st_mode & 0o001:
        sys.exit(f"{files[0]} may not be executed by everybody")
    size, limit = zip_size(files), ZIP_LIMITS[pathlib.Path(directory).name]
    if size > limit:
        sys.exit(f"the zip has {size / 1e6:.2f} MB, more than {limit / 1e6:g}")
    print(f"bootstrap: {architecture}, static, {len(elf) / 1e6:.1f} MB; zip: {size / 1e6:.2f} MB of at most {limit / 1e6:g}")


main(*sys.argv[1:])
