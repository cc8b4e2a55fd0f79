-- How many requests a second a token may send to one process: its own limit, else its workspace's, else the setting
-- of the process. 0 means without limit, null that the next one in this order decides.
ALTER TABLE workspaces ADD COLUMN requests_per_second integer CHECK (requests_per_second >= 0);
ALTER TABLE api_tokens ADD COLUMN requests_per_second integer CHECK (requests_per_second >= 0);
