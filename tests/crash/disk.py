"""The disk under the daemon's checkpoint, which can be full, unreadable or slow, or kill the daemon in
the middle of what it asks of it: faulty_disk.cc, told what to do through a mapped file."""

import mmap
import struct

# As in faulty_disk.cc, field by field.
FIELDS = ("room", "readable", "slow_ms", "dies_at", "dies_after", "refused", "unread", "slowed")
MOMENTS = ("", "wal-write", "wal-sync", "table-write", "manifest-write", "rename", "renamed")
WORD = struct.Struct("=q")


class FaultyDisk:
    """`library`: faulty_disk.so. `folder`: where the checkpoint is."""

    def __init__(self, library, folder, control):
        control.write_bytes(bytes(WORD.size * len(FIELDS)))
        self.environment = {"LD_PRELOAD": str(library), "FAULTY_DISK_FOLDER": str(folder) + "/",
                            "FAULTY_DISK_CONTROL": str(control)}
        with open(control, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.heal()

    def get(self, field):
        return WORD.unpack_from(self.map, WORD.size * FIELDS.index(field))[0]

    def set(self, field, value):
        WORD.pack_into(self.map, WORD.size * FIELDS.index(field), value)

    def heal(self):
        """All is well from now on; what was counted stays."""
        for field, value in (("room", -1), ("readable", -1), ("slow_ms", 0), ("dies_at", 0)):
            self.set(field, value)

    def kill_at(self, moment, passes):
        """At that moment, after it passed so often."""
        self.set("dies_after", passes)
        self.set("dies_at", MOMENTS.index(moment))
