"""The numbered SQL files of the schema; kernel/migrate.py applies them."""
