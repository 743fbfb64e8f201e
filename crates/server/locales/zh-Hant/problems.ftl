# 無法完成時頁面上的文字。
problem-title = 無法完成
problem-not-found = 沒有這個頁面。
problem-sign-in = 請先登入。
problem-not-registered = 您尚未申領。請先申領；申領屬自願。
problem-kept-back = 在您申領之前，已有關於您的記錄。為防止他人查看，須由社區櫃檯查驗您的證件後才會顯示：請攜帶證件和這部手機前往。在此之前沒有健康碼。
problem-no-rules = 您居住地目前沒有施行中的規則，因此沒有顏色，任何人不得要求您出示。
problem-no-color = 目前沒有可以出示的顏色。「我的碼」頁面說明該如何處理。
problem-key-reused = 這份表單已以其他內容提交過。請重新開啟表單。
problem-cross-site = 該請求來自其他網站，未予辦理。
problem-unreadable = 提交的內容無法讀取。請返回重試。
problem-too-large = 傳送的內容超過 2 MiB，未予讀取。請分次傳送。
problem-busy = 系統繁忙。您的內容沒有遺失，請稍後再次提交。
problem-not-yours = 對方沒有授權您代辦，或授權已經結束。
problem-broken = 系統出錯。不會只保存一半，請再次提交。
problem-too-often = 短時間內嘗試過多，請等待 { $minutes } 分鐘再試。
problem-refused = 提交的內容未被接受，沒有任何變動。請返回，核對頁面後更正。
