"""The processes of an installation: the one that ``dealt serve`` starts all others from, web processes, workers.

Each is a module with a ``main``, run as ``python -m dealt.processes.<name>`` and told everything by environment
variables (see ``dealt.settings``). What ``serve`` runs stays small: it is there only to look after the others.
"""
