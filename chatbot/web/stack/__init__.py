"""`manage.py stack`: web processes, workers and beat of one machine, kept running by one process.

Our own, because what is there knows no readiness: honcho ends everything when one part ends, and
supervisord would be a daemon and a file of settings more and replaces parts without looking.
"""
