"""Lock files: which commit, which files and which image a spec stood for when it was locked.

`stacks/<stack>/<endpoint>.lock.json` lies beside the spec and is committed. Reading and writing are
here; what fills a lock (the Hub, or the sandbox's stand-ins) is elsewhere.
"""

from homeport.lock.digest import lock_digest
from homeport.lock.parse import parse_lock
from homeport.lock.reader import read_lock
from homeport.lock.records import (
    LOCK_VERSION,
    Lock,
    LockedFile,
    LockedImage,
    LockedRepository,
    ModelMetadata,
)
from homeport.lock.writer import lock_text, write_lock

__all__ = [
    "LOCK_VERSION",
    "Lock",
    "LockedFile",
    "LockedImage",
    "LockedRepository",
    "ModelMetadata",
    "lock_digest",
    "lock_text",
    "parse_lock",
    "read_lock",
    "write_lock",
]
