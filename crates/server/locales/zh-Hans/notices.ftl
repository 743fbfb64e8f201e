# 短信与邮件。旁人也可能看到：不写颜色、事实和姓名。
notice-subject = 明码：您有一条消息
notice-read-it = { $said }登录查看：{ $origin }
notice-fact-recorded = 【明码】有一项关于您的新记录。
notice-fact-pending = 【明码】有一项关于您的记录等待第二家机构确认。
notice-fact-retracted = 【明码】一项关于您的记录已撤回。
notice-fact-confirmed = 【明码】您提出异议的记录已由录入单位确认。
notice-appeal-answered = 【明码】您的纠错申请已有答复。
notice-disclosed = 【明码】有部门查看了您的状态，或想查看而被拒绝。
notice-sign-in-code = 【明码】登录验证码 { $code }，5 分钟内有效。无论谁问，都不要告诉。
notice-assistance-code = 【明码】{ $code } 只念给您面前的社区工作人员，其后 15 分钟内对方可查看您的状态。
notice-contact-code = 【明码】联系方式验证码 { $code }，5 分钟内有效，请勿告诉任何人。如非本人操作，不必理会。
notice-signed-in = 【明码】您在另一台设备上登录。如非本人操作，请全部退出。
notice-contact-changed = 【明码】您的联系方式已更改。如非本人操作，请联系社区。
notice-amended = 【明码】您的居住地或码上姓名已在社区窗口更正。如非本人办理，请联系社区。
notice-status-changed = 【明码】您的状态有变化。
notice-about-ward = 【明码】您代为办理的人有新消息。
