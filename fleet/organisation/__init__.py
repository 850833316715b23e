"""Sites, where cameras are kept, and teams, which officers belong to.

Rules:
- both are named by people, renamed, and retired; none is deleted, for the audit log names them;
- nothing is put into one that is retired, and what is in it stays there until somebody says otherwise;
- they narrow lists and change nobody's rights.

What belongs to them is for whoever has it: a camera to its site, an officer to their team.
"""
