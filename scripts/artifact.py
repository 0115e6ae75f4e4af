"""Checks what sam build built: one static bootstrap for the right processor, in a zip of at most 6.25 MB."""

import io
import pathlib
import struct
import sys
import zipfile

ZIP_LIMIT = 6_250_000
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
    size = zip_size(files)
    if size > ZIP_LIMIT:
        sys.exit(f"the zip has {size / 1e6:.1f} MB, more than {ZIP_LIMIT / 1e6:g}")
    print(f"bootstrap: {architecture}, static, {len(elf) / 1e6:.1f} MB; zip: {size / 1e6:.1f} MB of at most {ZIP_LIMIT / 1e6:g}")


main(*sys.argv[1:])
