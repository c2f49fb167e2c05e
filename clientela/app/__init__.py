"""The workbench: a local web application in which the whole work can be done.

The data's way through it: a `Workspace` is the folder that is open, a `Manuscript` a file of it
that is being edited, with a journal that no crash loses. `Workers` answer within a moment, in
processes of their own: a few thousand histories, the checks of a text, a parliament. A `Job` is
long work, drawn into a run's folder by a process that can be stopped. `pages/` shows all that, a
file a page; `guard` decides who is let in. Nothing here counts or draws: that is `analysis`.
"""
