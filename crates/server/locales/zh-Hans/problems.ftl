# 无法完成时页面上的文字。
problem-title = 无法完成
problem-not-found = 没有这个页面。
problem-sign-in = 请先登录。
problem-not-registered = 您还没有申领。请先申领；申领是自愿的。
problem-kept-back = 在您申领之前，已有关于您的记录。为防止他人查看，须由社区窗口查验您的证件后才会显示：请携带证件和这部手机前往。在此之前没有健康码。
problem-no-rules = 您居住地目前没有施行中的规则，因此没有颜色，任何人不得要求您出示。
problem-no-color = 目前没有可以出示的颜色。“我的码”页面说明了该怎么办。
problem-key-reused = 这份表单已用其他内容提交过。请重新打开表单。
problem-cross-site = 该请求来自其他网站，未予办理。
problem-unreadable = 提交的内容无法读取。请返回重试。
problem-too-large = 发送的内容超过 2 MiB，未予读取。请分次发送。
problem-busy = 系统繁忙。您的内容没有丢失，请稍后再次提交。
problem-not-yours = 对方没有授权您代办，或授权已经结束。
problem-broken = 系统出错。不会只保存一半，请再次提交。
problem-too-often = 短时间内尝试过多，请等待 { $minutes } 分钟再试。
problem-refused = 提交的内容未被接受，没有任何改动。请返回，核对页面后改正。
