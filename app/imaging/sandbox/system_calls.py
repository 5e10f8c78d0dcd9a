"""The system calls that decoding needs, by their numbers.

Sources: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
"""

# By platform.machine(): the number in linux/audit.h, and the column of the tables below.
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# All of them act on this process and its open files. `None` where an architecture has none.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # Open files
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "dup": (32, 23),
    # Memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    # Threads
    "sched_yield": (24, 124),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    # Signals of its own
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    # Time and facts
    "getcwd": (79, 17),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "time": (201, None),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "getrandom": (318, 278),
    # The end
    "exit": (60, 93),
    "exit_group": (231, 94),
}
CLONE = (56, 220)
FCNTL = (72, 25)
CLONE3 = 435
