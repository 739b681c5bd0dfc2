"""The command line: main.py parses and catches errors, commands/ holds a verb a file."""
