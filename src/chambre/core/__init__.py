"""Django without business: people, permissions, guards, tasks, pages and the REST frame."""
