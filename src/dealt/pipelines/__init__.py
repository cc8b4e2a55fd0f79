"""Pipelines, their stages and loss reasons: where an order stands, and why it was lost."""

from dealt.pipelines.listing import page_of_loss_reasons, page_of_pipelines, page_of_stages
from dealt.pipelines.loading import PIPELINES
from dealt.pipelines.loss_reasons import create_loss_reason, delete_loss_reason, rename_loss_reason
from dealt.pipelines.model import MOST_REQUIRED, Pipeline, Pipelines, Stage
from dealt.pipelines.pipelines import create_pipeline, delete_pipeline, set_up_orders_pipeline, update_pipeline
from dealt.pipelines.restoring import restore_loss_reason, restore_pipeline, restore_stage
from dealt.pipelines.rules import rule_stage
from dealt.pipelines.stages import create_stage, delete_stage, update_stage

__all__ = [
    "MOST_REQUIRED",
    "PIPELINES",
    "Pipeline",
    "Pipelines",
    "Stage",
    "create_loss_reason",
    "create_pipeline",
    "create_stage",
    "delete_loss_reason",
    "delete_pipeline",
    "delete_stage",
    "page_of_loss_reasons",
    "page_of_pipelines",
    "page_of_stages",
    "rename_loss_reason",
    "restore_loss_reason",
    "restore_pipeline",
    "restore_stage",
    "rule_stage",
    "set_up_orders_pipeline",
    "update_pipeline",
    "update_stage",
]
