"""Starts one program, waits for it, prints what it took: `python -I -S launch.py OUTPUT PROGRAM ARGUMENT…`.

Prints four words: exit status, seconds on the wall, seconds of CPU (with the children that it waited for) and
the largest resident size in KiB. It imports next to nothing, because a process begins with the resident size
of the one that started it; the program's standard output goes to the file OUTPUT.
"""

import os
import sys
import time


def main() -> None:
    output, *command = sys.argv[1:]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600)]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    took_s = time.perf_counter() - began
    cpu_s = usage.ru_utime + usage.ru_stime
    print(os.waitstatus_to_exitcode(status), took_s, cpu_s, usage.ru_maxrss)


main()
