"""What a process gives up before it runs a query: memory beyond a limit, the network, outliving its parent.

The network is taken away by a seccomp filter that fails `socket(2)` (Linux on x86-64 and AArch64, without any
privilege). It stands behind the guard, in case a spelling of SERVICE ever passes it. Where the kernel has
no such filter the guard stands alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
import sys
from pathlib import Path

__all__ = ["confine", "end_with", "outlive_parent"]

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
# The AUDIT_ARCH_* number of each machine, and its numbers of the calls that make a socket: socket itself, and
# io_uring_setup, which can make one behind the filter's back.
_MACHINES = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_OFFSET, _ARCH_OFFSET = 0, 4  # in struct seccomp_data


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def confine(memory_limit: int) -> None:
    """Confine this process for the rest of its life.

    Args:
        memory_limit: bytes of address space beyond what it has now; an allocation past it ends the process.
    """
    _, granted = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + memory_limit
    limit = wanted if granted == resource.RLIM_INFINITY else min(wanted, granted)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C is the parent's to handle: it ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        _close_network(_LIBC)


def end_with(parent: int) -> None:
    """Have this process killed when its parent ends, however that happens.

    Args:
        parent: the parent's process id; when it has ended already, so does this process.
    """
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def outlive_parent() -> None:
    """Take `end_with` back: for a process that ends when its socket closes."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)


def _address_space() -> int:
    """Bytes of address space that this process has; 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _close_network(libc: ctypes.CDLL) -> None:
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return
    architecture, calls = machine
    refuse = len(calls)
    steps = [
        (_LOAD_WORD, 0, 0, _ARCH_OFFSET),
        (_JUMP_EQUAL, 0, refuse + 1, architecture),  # another architecture: leave it be
        (_LOAD_WORD, 0, 0, _NUMBER_OFFSET),
        *((_JUMP_EQUAL, refuse - index, 0, call) for index, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EACCES),
    ]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(steps), program)), 0, 0)
