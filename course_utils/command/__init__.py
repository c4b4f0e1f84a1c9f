"""The `course` command and what only it needs: finding and executing lessons, pages, checks of the machine."""
