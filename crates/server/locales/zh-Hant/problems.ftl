# 無法完成時頁面上的文字。
problem-not-found = 沒有這個頁面。
