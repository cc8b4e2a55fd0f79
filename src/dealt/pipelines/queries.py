"""All SQL of pipelines, stages and loss reasons."""

# One statement, so that a stage is never seen without its pipeline, nor a pipeline without its stages.
LOAD_STAGES = """
SELECT p.id AS pipeline_id, p.name AS pipeline_name, p.position AS pipeline_position, p.date_attribute,
    s.id, s.name, s.position, s.required, s.sets_status
FROM pipelines AS p JOIN stages AS s ON s.workspace_id = p.workspace_id AND s.pipeline_id = p.id
WHERE p.workspace_id = $1 ORDER BY p.position, p.id, s.position, s.id"""

LOAD_LOSS_REASONS = "SELECT id, name FROM loss_reasons WHERE workspace_id = $1 ORDER BY id"

INSERT_PIPELINE = """
INSERT INTO pipelines (workspace_id, id, name, position, date_attribute, created_at)
VALUES ($1, $2, $3, $4, $5, $6)"""

UPDATE_PIPELINE = "UPDATE pipelines SET name = $3, date_attribute = $4 WHERE workspace_id = $1 AND id = $2"

RULE_STAGE = "UPDATE stages SET required = $3, sets_status = $4 WHERE workspace_id = $1 AND id = $2"

PLACE_PIPELINES = """
UPDATE pipelines AS p SET position = placed.position
FROM unnest($2::bigint[]) WITH ORDINALITY AS placed(id, position)
WHERE p.workspace_id = $1 AND p.id = placed.id AND p.position <> placed.position"""

DELETE_PIPELINE = "DELETE FROM pipelines WHERE workspace_id = $1 AND id = $2"

INSERT_STAGE = """
INSERT INTO stages (workspace_id, id, pipeline_id, name, position, created_at) VALUES ($1, $2, $3, $4, $5, $6)"""

RENAME_STAGE = "UPDATE stages SET name = $3 WHERE workspace_id = $1 AND id = $2"

PLACE_STAGES = """
UPDATE stages AS s SET position = placed.position
FROM unnest($2::bigint[]) WITH ORDINALITY AS placed(id, position)
WHERE s.workspace_id = $1 AND s.id = placed.id AND s.position <> placed.position"""

DELETE_STAGES = "DELETE FROM stages WHERE workspace_id = $1 AND id = ANY($2::bigint[])"

# deals_by_stage answers this with one look for each stage.
OCCUPIED_STAGE = """
SELECT stage.id FROM unnest($2::bigint[]) AS stage(id)
WHERE EXISTS (SELECT FROM deals AS d WHERE d.workspace_id = $1 AND d.stage_id = stage.id) LIMIT 1"""

INSERT_LOSS_REASON = "INSERT INTO loss_reasons (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4)"

RENAME_LOSS_REASON = "UPDATE loss_reasons SET name = $3 WHERE workspace_id = $1 AND id = $2"

DELETE_LOSS_REASON = "DELETE FROM loss_reasons WHERE workspace_id = $1 AND id = $2"

# deals_by_status leaves only the lost deals (status 3) to look through.
LOSS_REASON_IS_GIVEN = """
SELECT EXISTS (SELECT FROM deals WHERE workspace_id = $1 AND status = 3 AND loss_reason_id = $2)"""
