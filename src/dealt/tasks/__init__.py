"""Tasks: what people are to do about a contact or a deal (the API calls them activities)."""

from dealt.tasks.auditing import check_tasks
from dealt.tasks.deleting import delete_task, restore_task
from dealt.tasks.editing import complete_task, create_task, reopen_task, update_task
from dealt.tasks.fields import FIELDS
from dealt.tasks.model import ReferenceNotFound, TaskPatch, Written
from dealt.tasks.moving import TASKS, move_tasks_of
from dealt.tasks.naming import NAMES, id_named
from dealt.tasks.of_companies import join_company, leave_company
from dealt.tasks.of_deals import move_tasks, rejoin_deal, release_tasks
from dealt.tasks.queries import NEXT_OF_DEAL
from dealt.tasks.reading import TaskFilter, find_task_id, list_tasks, read_task, task_home
from dealt.tasks.schemas import FIELD_NAMES, parse_task

__all__ = [
    "FIELDS",
    "FIELD_NAMES",
    "NAMES",
    "NEXT_OF_DEAL",
    "TASKS",
    "ReferenceNotFound",
    "TaskFilter",
    "TaskPatch",
    "Written",
    "check_tasks",
    "complete_task",
    "create_task",
    "delete_task",
    "find_task_id",
    "id_named",
    "join_company",
    "leave_company",
    "list_tasks",
    "move_tasks",
    "move_tasks_of",
    "parse_task",
    "read_task",
    "rejoin_deal",
    "release_tasks",
    "reopen_task",
    "restore_task",
    "task_home",
    "update_task",
]
