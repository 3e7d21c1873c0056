"""Pages of the register. They read, ask the services to write, and show what was refused."""
