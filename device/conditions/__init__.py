"""What is wrong with picture or sound although they come (C12): black, covered, frozen; dead, silent, ….

Pure: it is shown what is captured anyway, and says when a condition begins and when it is over.
"""
