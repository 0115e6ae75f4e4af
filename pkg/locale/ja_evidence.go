package locale

import "guardduty-coverage-notifier/pkg/catalog"

func japaneseEvidence() Evidence {
	return Evidence{
		Checks: map[string]string{
			"diagnosis":                    "診断",
			"eks-cluster":                  "EKS クラスター",
			"eks-tag":                      "クラスターのタグ",
			"eks-addon":                    "エージェントのアドオン",
			"eks-addon-version":            "アドオンのバージョン",
			"eks-nodes":                    "ノード",
			"vpc-endpoint":                 "VPC エンドポイント",
			"vpc-endpoint-access":          "エンドポイントへのアクセス",
			"vpc-dns":                      "VPC の DNS 設定",
			"vpc-owner":                    "VPC の所有者",
			"ec2-instance":                 "EC2 インスタンス",
			"ec2-tag":                      "インスタンスのタグ",
			"ec2-platform":                 "プラットフォーム",
			"ec2-imds":                     "メタデータサービス",
			"ec2-ssm":                      "Systems Manager の管理",
			"ec2-association":              "SSM 関連付け",
			"ecs-cluster":                  "ECS クラスター",
			"ecs-tag":                      "クラスターのタグ",
			"ecs-agent":                    "タスクのエージェント",
			"ecs-service":                  "タスク",
			"ecs-deployment":               "デプロイ",
			"ecs-execution-role":           "タスク実行ロール",
			"guardduty-detector":           "GuardDuty の状態",
			"guardduty-runtime-monitoring": "Runtime Monitoring の状態",
			"guardduty-agent-management":   "自動エージェント設定",
			"guardduty-coverage":           "現在のカバレッジ",
			"actor":                        "CloudTrail の記録",
		},
		Actors: map[string][]string{
			"role":                 {"ロール `{name}` (セッション `{session}`)", "ロール `{name}`", "ロール"},
			"permission-set":       {"許可セット `{name}` (セッション `{session}`)", "許可セット `{name}`", "許可セット"},
			"user":                 {"IAM ユーザー `{name}`", "IAM ユーザー"},
			"root":                 {"ルートユーザー"},
			"federated-user":       {"フェデレーションユーザー `{name}`", "フェデレーションユーザー"},
			"identity-center-user": {"IAM Identity Center ユーザー `{name}`", "IAM Identity Center ユーザー"},
			"service":              {"`{name}`", "AWS サービス"},
			"account":              {"アカウント {name}", "別のアカウント"},
			"unknown":              {"不明なアイデンティティ"},
		},
		ThroughService: "{actor} (`{through}` 経由)",
		OfAccount:      "{actor} (アカウント {account})",
		ForDelegate:    "{actor} (プロバイダーアカウント {delegate} に委任)",
		Found: map[catalog.EvidenceID]Found{
			catalog.Denied: {Says: []string{
				"確認できませんでした。ロール `{role}` に `{action}` が許可されていません。",
				"`{action}` が許可されていないため、確認できませんでした。",
				"アクセスが拒否されたため、確認できませんでした。",
			}},
			catalog.Errored: {Says: []string{
				"`{action}` が `{reason}` で失敗したため、確認できませんでした。",
				"`{action}` が失敗したため、確認できませんでした。",
				"AWS がエラーを返したため、確認できませんでした。",
			}},
			catalog.Late: {Says: []string{
				"`{action}` がタイムアウトしたため、確認できませんでした。",
				"AWS から時間内に応答がなかったため、確認できませんでした。",
			}},
			catalog.NoRole: {Says: []string{
				"リソースは別のアカウントにあり、確認用のロールが未設定です (`DIAGNOSIS_ROLE_NAME`)。",
			}},
			catalog.Unheard: {Says: []string{
				"結果は `{found}` ですが、この通知ツールでは認識できません。",
				"この通知ツールでは結果を認識できません。",
			}},

			// who requested the change
			"actor/addon-deleted": {Says: []string{
				"アドオンが削除されました (リクエスト元: {actor}、{time})。",
				"アドオンが削除されました。",
			}},
			"actor/addon-changed": {Says: []string{
				"アドオンが変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"アドオンが変更されました。関連する可能性があります。",
			}},
			"actor/cluster-deleted": {Says: []string{
				"クラスターが削除されました (リクエスト元: {actor}、{time})。",
				"クラスターが削除されました。",
			}},
			"actor/tag-set": {Says: []string{
				"除外タグが付けられました (リクエスト元: {actor}、{time})。",
				"除外タグが付けられました。",
			}},
			"actor/service-deleted": {Says: []string{
				"サービス `{object}` が削除されました (リクエスト元: {actor}、{time})。",
				"サービスが削除されました。",
			}},
			"actor/service-changed": {Says: []string{
				"サービス `{object}` が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"サービスが変更されました。関連する可能性があります。",
			}},
			"actor/definition-registered": {Says: []string{
				"タスク定義 `{object}` が登録されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"タスク定義が登録されました。関連する可能性があります。",
			}},
			"actor/role-changed": {Says: []string{
				"ロール `{object}` の権限が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"ロールの権限が変更されました。関連する可能性があります。",
			}},
			"actor/endpoint-deleted": {Says: []string{
				"VPC エンドポイントが削除されました (リクエスト元: {actor}、{time})。",
				"VPC エンドポイントが削除されました。",
			}},
			"actor/endpoint-changed": {Says: []string{
				"エンドポイント `{object}` が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"エンドポイントが変更されました。関連する可能性があります。",
			}},
			"actor/group-changed": {Says: []string{
				"セキュリティグループ `{object}` のルールが変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"セキュリティグループのルールが変更されました。関連する可能性があります。",
			}},
			"actor/vpc-changed": {Says: []string{
				"`{object}` の属性が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"VPC の属性が変更されました。関連する可能性があります。",
			}},
			"actor/instance-stopped": {Says: []string{
				"インスタンスが停止されました (リクエスト元: {actor}、{time})。",
				"インスタンスが停止されました。",
			}},
			"actor/instance-terminated": {Says: []string{
				"インスタンスが終了されました (リクエスト元: {actor}、{time})。",
				"インスタンスが終了されました。",
			}},
			"actor/metadata-changed": {Says: []string{
				"インスタンスメタデータのオプションが変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"インスタンスメタデータのオプションが変更されました。関連する可能性があります。",
			}},
			"actor/profile-removed": {Says: []string{
				"インスタンスプロファイルの関連付けが解除されました (リクエスト元: {actor}、{time})。",
				"インスタンスプロファイルの関連付けが解除されました。",
			}},
			"actor/profile-changed": {Says: []string{
				"インスタンスプロファイルが置き換えられました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"インスタンスプロファイルが置き換えられました。関連する可能性があります。",
			}},
			"actor/profile-role-removed": {Says: []string{
				"インスタンスプロファイル `{object}` からロールが削除されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"インスタンスプロファイルからロールが削除されました。関連する可能性があります。",
			}},
			"actor/association-deleted": {Says: []string{
				"GuardDuty の SSM 関連付けが削除されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"GuardDuty の SSM 関連付けが削除されました。関連する可能性があります。",
			}},
			"actor/association-changed": {Says: []string{
				"SSM 関連付け `{object}` が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"SSM 関連付けが変更されました。関連する可能性があります。",
			}},
			"actor/detector-deleted": {Says: []string{
				"GuardDuty のディテクターが削除されました (リクエスト元: {actor}、{time})。",
				"GuardDuty のディテクターが削除されました。",
			}},
			"actor/monitoring-off": {Says: []string{
				"GuardDuty の設定が無効にされました (リクエスト元: {actor}、{time})。",
				"GuardDuty の設定が無効にされました。",
			}},
			"actor/member-monitoring-off": {Says: []string{
				"管理者アカウント {object} で GuardDuty の設定が無効にされました (リクエスト元: {actor}、{time})。",
				"管理者アカウントで GuardDuty の設定が無効にされました。",
			}},
			"actor/member-suspended": {Says: []string{
				"管理者アカウント {object} で GuardDuty が停止されました (リクエスト元: {actor}、{time})。",
				"管理者アカウントで GuardDuty が停止されました。",
			}},
			"actor/member-removed": {Says: []string{
				"管理者アカウント {object} でメンバーアカウントが削除されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"管理者アカウントでメンバーアカウントが削除されました。関連する可能性があります。",
			}},
			"actor/organization-changed": {Says: []string{
				"管理者アカウント {object} で GuardDuty の組織設定が変更されました。関連する可能性があります (リクエスト元: {actor}、{time})。",
				"管理者アカウントで GuardDuty の組織設定が変更されました。関連する可能性があります。",
			}},
			"actor/spot-reclaimed": {Says: []string{
				"スポットインスタンスが EC2 によって中断されました ({time})。",
				"スポットインスタンスが EC2 によって中断されました。",
			}},
			"actor/by-guardduty": {Says: []string{
				"GuardDuty 自身による変更です (`{event}`、{time})。元になったリクエストは見つかりませんでした。",
				"GuardDuty 自身による変更です。元になったリクエストは見つかりませんでした。",
			}},
			"actor/none": {Says: []string{
				"異常になる前の {hours} 時間に、原因となる変更の記録はありません。",
				"原因となる変更の記録はありません。",
			}},
			"actor/pending": {Says: []string{"変更の記録はまだありません。記録が届くまで 15 分かかることがあります。"}},
			"actor/unread":  {Says: []string{"CloudTrail の一部のみを確認しました。確認した範囲に該当する変更はありません。"}},
			// 診断そのもの
			"diagnosis/failed": {Says: []string{
				"診断用の関数が `{reason}` で失敗したため、確認できませんでした。",
				"診断用の関数が失敗したため、確認できませんでした。",
			}},
			"diagnosis/late": {Says: []string{"診断用の関数から時間内に応答がなかったため、確認できませんでした。"}},

			// EKS
			"eks-cluster/there": {Says: []string{"存在し、ステータスは `{status}`、Kubernetes バージョンは {version} です。", "存在します。"}},
			"eks-cluster/missing": {
				Title: "クラスターは存在しない",
				Says:  []string{"クラスターはもう存在しません。"},
			},
			"eks-cluster/left":       {Says: []string{"インスタンスのクラスターはもう存在しませんが、インスタンスは残っている可能性があります。"}},
			"eks-cluster/not-active": {Says: []string{"ステータスは `{status}` で、`ACTIVE` ではありません。", "ステータスが `ACTIVE` ではありません。"}},
			"eks-tag/excluded": {
				Title: "クラスターのタグにより対象外",
				Says:  []string{"除外タグ (`GuardDutyManaged` = `false`) により、クラスターは対象外です。"},
			},
			"eks-tag/included": {Says: []string{"包含タグ (`GuardDutyManaged` = `true`) により、クラスターは対象です。"}},
			"eks-tag/absent":   {Says: []string{"除外タグ (`GuardDutyManaged` = `false`) は付いていません。"}},
			"eks-addon/active": {Says: []string{"ステータスは `ACTIVE`、バージョンは `{version}` です。", "ステータスは `ACTIVE` です。"}},
			"eks-addon/unhealthy": {Says: []string{
				"ステータスは `{status}`、バージョンは `{version}` です (`{code}`: {message})。",
				"ステータスは `{status}` です (`{code}`: {message})。",
				"ステータスは `{status}` です (`{code}`)。",
				"ステータスは `{status}`、バージョンは `{version}` です。理由は示されていません。",
				"ステータスは `{status}` です。",
				"ステータスが `ACTIVE` ではありません。",
			}},
			"eks-addon/missing": {
				Title: "エージェントのアドオンが未インストール",
				Says:  []string{"`aws-guardduty-agent` がインストールされていません。"},
			},
			"eks-addon/stuck": {Says: []string{
				"{since} から `{status}` のままです (バージョン `{version}`)。",
				"15 分以上 `{status}` のままです。",
				"15 分以上、変更が完了していません。",
			}},
			"eks-addon/changing": {Says: []string{
				"変更の途中です (ステータス `{status}`、バージョン `{version}`)。",
				"変更の途中です (ステータス `{status}`)。",
				"変更の途中です。",
			}},
			"eks-addon-version/newest": {Says: []string{"`{version}` は、クラスターで使用できる最新のバージョンです。", "クラスターで使用できる最新のバージョンです。"}},
			"eks-addon-version/outdated": {Says: []string{
				"`{version}` は、Kubernetes {kubernetes} で使用できる最新の `{newest}` より古いバージョンです。",
				"クラスターで使用できる最新の `{newest}` より古いバージョンです。",
				"クラスターで使用できる最新のバージョンではありません。",
			}},
			"eks-addon-version/unsupported-kubernetes": {
				Title: "Kubernetes バージョンに対応するエージェントなし",
				Says:  []string{"Kubernetes {kubernetes} に対応するバージョンはありません。", "クラスターの Kubernetes バージョンに対応するものはありません。"},
			},
			"eks-nodes/some": {Says: []string{
				"{n} 台が実行中です。各ノードにエージェントのポッドがあるかどうかは EKS API では確認できません。カスタムテイントのあるノードにはありません。",
				"実行中のノードがあります。",
			}},
			"eks-nodes/many": {Says: []string{
				"{n} 台以上が実行中です。各ノードにエージェントのポッドがあるかどうかは EKS API では確認できません。カスタムテイントのあるノードにはありません。",
				"多数のノードが実行中です。",
			}},
			"eks-nodes/none": {
				Title: "実行中のノードなし",
				Says:  []string{"実行中のノードがないため、カバーする対象がありません。"},
			},
			"eks-nodes/fargate-only": {
				Title: "Fargate のみのクラスター (対象外)",
				Says:  []string{"Fargate のノードのみです。Runtime Monitoring は EKS on Fargate をカバーしません。"},
			},

			// the network
			"vpc-endpoint/available": {Says: []string{"`{vpc}` の `{endpoint}` が利用可能で、プライベート DNS も有効です。", "利用可能で、プライベート DNS も有効です。"}},
			"vpc-endpoint/missing": {
				Title: "GuardDuty の VPC エンドポイントなし",
				Says: []string{
					"`{vpc}` に、エージェントが報告に使用する `{service}` のエンドポイントがありません。",
					"`{vpc}` に、エージェントが報告に使用するエンドポイントがありません。",
					"VPC に、エージェントが報告に使用するエンドポイントがありません。",
				},
			},
			"vpc-endpoint/not-available": {
				Title: "GuardDuty のエンドポイントが利用不可",
				Says: []string{
					"`{vpc}` の `{endpoint}` は `{state}` の状態で、利用できません。",
					"`{endpoint}` は利用できません。",
					"利用できません。",
				},
			},
			"vpc-endpoint/no-private-dns": {
				Title: "GuardDuty のエンドポイントのプライベート DNS が無効",
				Says: []string{
					"`{vpc}` の `{endpoint}` はプライベート DNS が無効なため、エージェントがエンドポイント名を解決できません。",
					"プライベート DNS が無効なため、エージェントがエンドポイント名を解決できません。",
				},
			},
			"vpc-endpoint/owners": {Says: []string{
				"`{vpc}` はアカウント {owner} が共有している VPC のため、このアカウントからエンドポイントを確認できません。",
				"共有 VPC の所有者のアカウントにあるため、このアカウントから確認できません。",
			}},
			"vpc-endpoint-access/open": {Says: []string{"`{endpoint}` は VPC からのポート 443 を許可しています。", "VPC からのポート 443 を許可しています。"}},
			"vpc-endpoint-access/closed": {
				Title: "セキュリティグループが HTTPS を許可していない",
				Says: []string{
					"`{endpoint}` のどのセキュリティグループ (`{group}`) も、{cidr} からのポート 443 を許可していません。",
					"`{endpoint}` のどのセキュリティグループも、VPC からのポート 443 を許可していません。",
					"どのセキュリティグループも、VPC からのポート 443 を許可していません。",
				},
			},
			"vpc-dns/on": {Says: []string{"`{vpc}` の 2 つの属性は両方とも有効です。", "2 つの属性は両方とも有効です。"}},
			"vpc-dns/off": {
				Title: "VPC の DNS 設定により GuardDuty エンドポイントを作成不可",
				Says:  []string{"`{vpc}` で {attributes} が無効です。エンドポイントには 2 つの属性が両方とも必要です。", "エンドポイントには 2 つの属性が両方とも必要ですが、無効なものがあります。"},
			},
			"vpc-owner/own":    {Says: []string{"`{vpc}` はこのアカウントが所有しています。", "このアカウントが所有しています。"}},
			"vpc-owner/shared": {Says: []string{"`{vpc}` はアカウント {owner} が所有し、共有しています。", "別のアカウントが所有し、共有しています。"}},

			// EC2
			"ec2-instance/running": {Says: []string{"`{name}` は {launched} から実行中です。", "{launched} から実行中です。", "実行中です。"}},
			"ec2-instance/pending": {Says: []string{"`{name}` は起動中です。", "起動中です。"}},
			"ec2-instance/stopped": {
				Title: "インスタンスは停止済み",
				Says:  []string{"`{name}` は停止しているか、停止処理中です。", "インスタンスは停止しているか、停止処理中です。"},
			},
			"ec2-instance/terminated": {
				Title: "インスタンスは終了済み",
				Says:  []string{"`{name}` は終了しました。", "インスタンスは終了しました。"},
			},
			"ec2-instance/missing": {
				Title: "インスタンスは存在しない",
				Says:  []string{"インスタンスはもう存在しません。"},
			},
			"ec2-tag/excluded": {
				Title: "インスタンスのタグにより対象外",
				Says:  []string{"除外タグ (`GuardDutyManaged` = `false`) により、インスタンスは対象外です。"},
			},
			"ec2-tag/included": {Says: []string{"包含タグ (`GuardDutyManaged` = `true`) により、インスタンスは対象です。"}},
			"ec2-tag/absent":   {Says: []string{"除外タグ (`GuardDutyManaged` = `false`) は付いていません。"}},
			"ec2-platform/linux": {Says: []string{
				"{platform} ({architecture}) です。",
				"Linux です。",
			}},
			"ec2-platform/windows": {
				Title: "Windows インスタンス (対象外)",
				Says:  []string{"Windows です。Runtime Monitoring は Windows をカバーしません。"},
			},
			"ec2-imds/on": {Says: []string{"有効です。"}},
			"ec2-imds/off": {Says: []string{
				"無効です。エージェントは、実行環境を証明するインスタンスアイデンティティドキュメントを取得できません。",
			}},
			"ec2-ssm/online":  {Says: []string{"マネージドノードで、SSM Agent {agent} がオンラインです。", "マネージドノードで、SSM Agent がオンラインです。"}},
			"ec2-ssm/offline": {Says: []string{"{last} を最後に、インスタンスからの応答がありません (`{status}`)。", "インスタンスからの応答がありません。"}},
			"ec2-ssm/unmanaged": {
				Title: "Systems Manager のマネージドノードではない",
				Says:  []string{"インスタンスがマネージドノードではないため、GuardDuty はエージェントをインストールできません。"},
			},
			"ec2-association/succeeded": {Says: []string{"インスタンスで `{association}` の実行が成功しました。", "インスタンスで実行が成功しました。"}},
			"ec2-association/failed": {Says: []string{
				"インスタンスで `{association}` の実行が {last} に `{status}` で終わりました。",
				"インスタンスで実行が `{status}` で終わりました。",
				"インスタンスで実行が失敗しました。",
			}},
			"ec2-association/pending": {Says: []string{"インスタンスで `{association}` がまだ実行されていません。", "インスタンスでまだ実行されていません。"}},
			"ec2-association/missing": {Says: []string{"アカウントに GuardDuty の関連付けがありません。そのため、どのインスタンスにもエージェントがインストールされません。"}},

			// ECS
			"ecs-cluster/active": {Says: []string{"ステータスは `ACTIVE` です。"}},
			"ecs-cluster/left":   {Says: []string{"インスタンスのクラスターはもう存在しませんが、インスタンスは残っている可能性があります。"}},
			"ecs-cluster/missing": {
				Title: "クラスターは存在しない",
				Says:  []string{"クラスターはもう存在しません。"},
			},
			"ecs-cluster/inactive": {
				Title: "クラスターは削除済み",
				Says:  []string{"ステータスは `{status}` で、すでに削除されています。", "すでに削除されています。"},
			},
			"ecs-tag/excluded": {
				Title: "クラスターのタグにより対象外",
				Says:  []string{"除外タグ (`GuardDutyManaged` = `false`) により、クラスターは対象外です。"},
			},
			"ecs-tag/included": {Says: []string{"包含タグ (`GuardDutyManaged` = `true`) により、クラスターは対象です。"}},
			"ecs-tag/absent":   {Says: []string{"除外タグ (`GuardDutyManaged` = `false`) は付いていません。"}},
			"ecs-service/running": {Says: []string{
				"サービス `{service}` のタスクが {n} 個実行中です。",
				"クラスターで {n} 個実行中です。",
				"実行中のタスクがあります。",
			}},
			"ecs-service/none-running": {Says: []string{
				"サービス `{service}` には実行中のタスクがないため、カバーする対象がありません。",
				"クラスターには実行中のタスクがないため、カバーする対象がありません。",
			}},
			"ecs-service/missing": {Says: []string{"サービス `{service}` はクラスターにもう存在しません。", "サービスはもう存在しません。"}},
			"ecs-agent/running":   {Says: []string{"{n} 個の実行中のタスクにエージェントがあります。", "実行中のタスクにエージェントがあります。"}},
			"ecs-agent/exited": {Says: []string{
				"タスク `{task}` のエージェントが終了しました (終了コード {exit}、理由: {reason})。イメージは `{image}` です。",
				"タスク `{task}` のエージェントが終了しました (理由: {reason})。イメージは `{image}` です。",
				"タスク `{task}` のエージェントが終了しました (終了コード {exit})。イメージは `{image}` です。",
				"タスクのエージェントが終了しました。",
			}},
			"ecs-agent/older": {Says: []string{
				"タスク `{task}` は {started} に開始され、Runtime Monitoring の設定の変更 ({since}) より前のため、エージェントがありません。",
				"Runtime Monitoring の設定の変更より前に開始されたタスクには、エージェントがありません。",
			}},
			"ecs-agent/absent": {Says: []string{
				"タスク `{task}` (プラットフォームバージョン {platform}) にはエージェントのコンテナがありません。",
				"タスク `{task}` にはエージェントのコンテナがありません。",
				"実行中のタスクにエージェントのコンテナがありません。",
			}},
			"ecs-deployment/newer": {Says: []string{
				"`{service}` の最後のデプロイは、Runtime Monitoring の有効化より後です。",
				"最後のデプロイは、Runtime Monitoring の有効化より後です。",
			}},
			"ecs-deployment/older": {
				Says: []string{
					"`{service}` の最後のデプロイ ({deployed}) は、Runtime Monitoring の設定の最終変更 ({since}) より前です。その変更で有効になった場合、実行中のタスクにエージェントはありません。",
					"`{service}` の最後のデプロイは、Runtime Monitoring の設定の最終変更より前です。その変更で有効になった場合、実行中のタスクにエージェントはありません。",
					"最後のデプロイは、Runtime Monitoring の設定の最終変更より前です。その変更で有効になった場合、実行中のタスクにエージェントはありません。",
				},
			},
			"ecs-execution-role/present": {Says: []string{"`{task-definition}` に `{role}` が指定されています。", "タスク定義に指定されています。"}},
			"ecs-execution-role/missing": {
				Title: "タスク実行ロールがない",
				Says:  []string{"`{task-definition}` にロールがないため、エージェントイメージをプルできません。", "タスク定義にロールがないため、エージェントイメージをプルできません。"},
			},

			// GuardDuty
			"guardduty-detector/enabled": {Says: []string{"アカウントで有効です。"}},
			"guardduty-detector/missing": {
				Title: "アカウントで GuardDuty が無効",
				Says:  []string{"アカウントで無効です。リージョンにディテクターがありません。"},
			},
			"guardduty-detector/suspended": {
				Title: "アカウントで GuardDuty が一時停止中",
				Says:  []string{"アカウントで一時停止されています。"},
			},
			"guardduty-runtime-monitoring/on": {Says: []string{"アカウントで有効です。"}},
			"guardduty-runtime-monitoring/off": {
				Title: "アカウントで Runtime Monitoring が無効",
				Says:  []string{"アカウントで無効です。"},
			},
			"guardduty-agent-management/on": {Says: []string{"有効です。エージェントは GuardDuty がインストールします。"}},
			"guardduty-agent-management/off": {Says: []string{
				"アカウントで無効です。エージェントは手動でインストールする必要があります。",
			}},
			catalog.Covered:                {Says: []string{"カバレッジ一覧では、すでに正常です。"}},
			"guardduty-coverage/unhealthy": {Says: []string{"カバレッジ一覧では、まだ異常です ({issue})。", "カバレッジ一覧では、まだ異常です。"}},
			"guardduty-coverage/unlisted":  {Says: []string{"カバレッジ一覧にリソースがありません。"}},
		},
	}
}
