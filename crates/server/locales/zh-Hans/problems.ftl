# 无法完成时页面上的文字。
problem-not-found = 没有这个页面。
