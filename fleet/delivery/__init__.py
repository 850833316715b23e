"""Telling people of alerts who are not looking at a page: by e-mail, and a program by webhook.

A message names kinds of alerts, cameras and recordings by their numbers, and where to look: never footage,
never the name of anybody, never what somebody typed. What cannot be delivered is seen on a page and is an
alert itself; nothing waits for it.
"""
