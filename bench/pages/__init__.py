"""What pages cost the server, and how soon they follow."""
