"""The server's settings for a small machine, and what tests may give up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

MB = 1024 * 1024

DURABLE = {
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_max_workers": "2",
    "autovacuum_vacuum_cost_limit": "1000",
    "autovacuum_vacuum_scale_factor": "0.05",
    "checkpoint_timeout": "15min",
    "default_toast_compression": "pglz",
    "idle_in_transaction_session_timeout": "10min",
    "jit": "off",
    "log_autovacuum_min_duration": "-1",
    "log_checkpoints": "off",
    # A refused row must not leave a person's data in the log.
    "log_error_verbosity": "terse",
    "log_line_prefix": "'%m [%p] %q%a '",
    "log_min_duration_statement": "2s",
    "log_parameter_max_length": "0",
    "log_timezone": "'UTC'",
    "logging_collector": "off",
    "max_connections": "100",
    # Far checkpoints: after each, every page's first change writes the whole page to the log.
    "max_wal_size": "2GB",
    "min_wal_size": "96MB",
    "timezone": "'UTC'",
    # These binaries only know pglz, which costs more processor time for each page than the order in it.
    "wal_compression": "off",
}

# For tests only: a killed server may lose its last commits, a power cut everything.
FAST_UNSAFE = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}


def for_machine(extra: Mapping[str, str], *, fast_unsafe: bool) -> dict[str, str]:
    """All settings by name; ``extra`` wins. Sizes follow the memory that this process may use."""
    memory = memory_bytes() // MB
    sizes = {
        "shared_buffers": f"{min(max(memory // 8, 48), 8192)}MB",
        "effective_cache_size": f"{max(memory // 2, 128)}MB",
        "maintenance_work_mem": f"{min(max(memory // 64, 32), 256)}MB",
        "work_mem": f"{min(max(memory // 512, 4), 16)}MB",
    }
    # Containers often have 64 MB here, too little for parallel queries.
    roomy = _free(Path("/dev/shm")) > 512 * MB  # noqa: S108
    sharing = {} if roomy else {"max_parallel_workers_per_gather": "0"}
    return {**DURABLE, **sizes, **sharing, **(FAST_UNSAFE if fast_unsafe else {}), **extra}


def memory_bytes() -> int:
    """The machine's memory, or the container's limit where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def _free(folder: Path) -> int:
    try:
        found = os.statvfs(folder)
    except OSError:
        return 1 << 62
    return found.f_bavail * found.f_frsize
