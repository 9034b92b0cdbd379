"""What CMIS says: eligibility, weeks and dates, reading lessons and occurrences.

Turns rows of the timetable's tables into values of `planning`, in one place; SQL of those tables lives here only.
Writes nothing to the timetable, decides nothing about clashes, and knows neither Echo360 nor the screen.
"""
