"""What pages are made of: slots (menu, panels, tabs), forms, tables, messages, charts."""
