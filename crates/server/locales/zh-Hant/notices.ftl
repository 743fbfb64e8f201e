# 簡訊與郵件。旁人也可能看到：不寫顏色、事實和姓名。
notice-subject = 明碼：您有一則訊息
notice-read-it = { $said }登入查看：{ $origin }
notice-fact-recorded = 【明碼】有一項關於您的新紀錄。
notice-fact-pending = 【明碼】有一項關於您的紀錄等待第二家機構確認。
notice-fact-retracted = 【明碼】一項關於您的紀錄已撤回。
notice-fact-confirmed = 【明碼】您提出異議的紀錄已由輸入單位確認。
notice-appeal-answered = 【明碼】您的更正申請已有答覆。
notice-disclosed = 【明碼】有部門查看了您的狀態，或想查看而被拒絕。
notice-sign-in-code = 【明碼】登入驗證碼 { $code }，5 分鐘內有效。無論誰問，都不要告訴。
notice-assistance-code = 【明碼】{ $code } 只念給您面前的社區工作人員，其後 15 分鐘內對方可查看您的狀態。
notice-contact-code = 【明碼】聯絡方式驗證碼 { $code }，5 分鐘內有效，請勿告訴任何人。如非本人操作，不必理會。
notice-signed-in = 【明碼】您在另一台裝置上登入。如非本人操作，請全部登出。
notice-contact-changed = 【明碼】您的聯絡方式已更改。如非本人操作，請聯絡社區。
notice-amended = 【明碼】您的居住地或碼上姓名已在社區櫃檯更正。如非本人辦理，請聯絡社區。
notice-status-changed = 【明碼】您的狀態有變化。
notice-about-ward = 【明碼】您代為辦理的人有新消息。
