package locale

import "guardduty-coverage-notifier/pkg/catalog"

func japaneseAdvice() Advice {
	return Advice{
		Issues: map[catalog.ID]Issue{
			// EKS
			"addon-version-incompatible": {
				Title: "エージェントが Kubernetes バージョンに未対応",
				Cause: "GuardDuty エージェントのアドオンがクラスターの Kubernetes バージョンに対応していないため、アドオンをインストールできませんでした。",
			},
			"addon-replicas-missing": {
				Title: "一部のエージェントポッドが未稼働",
				Cause: "エージェントポッドの数が、EKS が想定するノード数より少なくなっています。ポッドのないノードはモニタリングされません。",
			},
			"addon-pods-unschedulable": {
				Title: "エージェントポッドをスケジュールできない",
				Cause: "ノードのリソースが不足しており、優先度クラスの設定では他のポッドをプリエンプトできません。" +
					"問題 (Issue) にある数は最初の障害だけを示します。他のノードではポッドが実行中の可能性があります。",
			},
			"addon-crashloop-completed": {
				Title: "エージェントポッドが終了と再起動を反復",
				Cause: "エージェントが起動後に正常終了 (Completed) しています。多くの場合、GuardDuty に接続できないか、Runtime Monitoring が無効です。",
			},
			"addon-crashloop-error": {
				Title: "エージェントポッドがクラッシュを反復",
				Cause: "エージェントが起動後に異常終了しています。多くの場合、前提条件を満たしていないか、GuardDuty エンドポイントの名前を解決できません。",
			},
			"addon-admission-denied": {
				Title: "アドミッションポリシーがエージェントを拒否",
				Cause: "EKS がエージェントをインストールするためのリクエストを、Kyverno や Gatekeeper などのアドミッションコントローラーが拒否しました。" +
					"ポリシーの名前は問題 (Issue) の内容にあります。",
			},
			"addon-configuration-conflict": {
				Title: "アドオンが既存のオブジェクトと競合",
				Cause: "クラスターに設定の異なるエージェントのオブジェクトがあり、EKS は上書きしないように設定されています。",
			},
			"addon-rbac-forbidden": {
				Title: "EKS にエージェントをインストールする権限がない",
				Cause: "EKS がアドオンのインストールに使用するユーザー `eks:addon-manager` に、クラスター内の権限がありません。" +
					"ClusterRoleBinding がないか、変更されています。",
			},
			"addon-gatekeeper-owner-label": {
				Title: "Gatekeeper が owner ラベルを要求",
				Cause: "Gatekeeper の制約がすべての名前空間にラベルを要求していますが、アドオンは `amazon-guardduty` をラベルなしで作成します。",
			},
			"addon-gatekeeper-image-registry": {
				Title: "Gatekeeper がイメージレジストリを拒否",
				Cause: "Gatekeeper の制約が許可するレジストリに、GuardDuty のレジストリが含まれていません。",
			},
			"addon-issue-other": {
				Title:   "EKS がエージェントのアドオンの問題を報告",
				Cause:   "EKS がエージェントのアドオンをインストール、更新、または正常な状態に維持できませんでした。理由は問題 (Issue) の内容にあります。",
				Precise: "EKS がエージェントのアドオンの問題コード `{code}` を報告しています。詳細は問題 (Issue) の内容にあります。",
			},
			catalog.AddonRemoved: {
				Title: "GuardDuty エージェントのアドオンが削除済み",
				Cause: "EKS はアドオン `aws-guardduty-agent` を削除済みと報告しています。再びインストールするまで、このクラスターはモニタリングされません。",
			},
			"eks-local-cluster": {
				Title: "Outposts のローカルクラスターはサポート対象外",
				Cause: "AWS Outposts のローカルクラスターでは EKS アドオンを実行できないため、GuardDuty はこのクラスターをカバーできません。対処方法はありません。",
			},
			"eks-permission-not-granted": {
				Title: "EKS の設定に必要な権限が GuardDuty にない",
				Cause: "EKS の Runtime Monitoring を有効にする際、GuardDuty に権限がありませんでした。AWS が理由を示した場合は、問題 (Issue) の内容にあります。",
			},
			"eks-provisioning-in-progress": {
				Title: "EKS のモニタリングを設定中",
				Cause: "必要なリソースをプロビジョニング中です。完了するまでステータスは異常のままです。対処は不要です。",
			},
			"eks-authorization-failure": {
				Title: "GuardDuty の認可に失敗",
				Cause: "GuardDuty のリクエストが認可されなかったため、エージェントを管理できませんでした。",
			},

			// ECS
			"ecs-agent-not-reporting": {
				Title: "一部の Fargate タスクのエージェントが応答なし",
				Cause: "一部のタスクのエージェントから GuardDuty への報告がありません。多くの場合、15 分以内に自動的に回復します。" +
					"回復しない場合は、エージェントが GuardDuty に接続できません。",
				Precise: "`{task-definition}` のタスクのエージェントから GuardDuty への報告がありません。多くの場合、15 分以内に自動的に回復します。" +
					"回復しない場合は、エージェントが GuardDuty に接続できません。",
			},
			"ecs-task-vpc-issue": {
				Title:   "VPC の問題により Fargate タスクのエージェントが接続できない",
				Cause:   "GuardDuty がタスクの VPC に問題を検出しました。詳細は問題 (Issue) の内容にあります。",
				Precise: "GuardDuty が `{task-definition}` のタスクの VPC に問題を検出しました。詳細は問題 (Issue) の内容にあります。",
			},
			"ecs-agent-exited": {
				Title: "一部の Fargate タスクのエージェントが終了",
				Cause: "タスクの実行中にエージェントのコンテナが終了しました。終了コードまたは理由は問題 (Issue) の内容にあります。",
				Precise: "`{task-definition}` のタスクの実行中にエージェントのコンテナが終了しました。" +
					"終了コードまたは理由は問題 (Issue) の内容にあります。",
			},
			"ecs-image-pull-failed": {
				Title:   "Fargate タスクでエージェントイメージのプルに失敗",
				Cause:   "Amazon ECR からエージェントイメージをプルできませんでした。タスクはモニタリングなしで実行中です。",
				Precise: "`{task-definition}` のタスクが Amazon ECR からエージェントイメージをプルできませんでした。タスクはモニタリングなしで実行中です。",
			},
			"ecs-unsupported-launcher": {
				Title: "タスクの起動元がサポート対象外",
				Cause: "問題 (Issue) の内容にあるサービスから起動されたタスクは、GuardDuty のサポート対象外です。",
			},
			"ecs-unsupported-architecture": {
				Title: "タスクの CPU アーキテクチャがサポート対象外",
				Cause: "タスク定義の CPU アーキテクチャに対応するエージェントがありません。",
			},
			"ecs-execution-role-missing": {
				Title:   "タスク実行ロールがない",
				Cause:   "タスク実行ロールがないため、タスクはエージェントイメージをプルできず、エージェントなしで実行されます。",
				Precise: "`{task-definition}` にタスク実行ロールがないため、タスクはエージェントイメージをプルできず、エージェントなしで実行されます。",
			},
			"ecs-network-configuration-missing": {
				Title: "タスクのネットワーク設定がない",
				Cause: "タスクの VPC 設定がないか、サブネットが空です。不足している内容は問題 (Issue) にあります。",
			},
			"ecs-task-excluded-by-tag": {
				Title: "クラスターの除外中に開始されたタスク",
				Cause: "タスクの開始時、クラスターに除外タグ `GuardDutyManaged` = `false` が付いていたため、タスクは実行中ずっと対象外です。" +
					"タグの変更が反映されるまでに数分かかります。",
				Precise: "タスク `{task}` の開始時、クラスターに除外タグ `GuardDutyManaged` = `false` が付いていたため、タスクは実行中ずっと対象外です。" +
					"タグの変更が反映されるまでに数分かかります。",
			},
			"ecs-service-excluded-by-tag": {
				Title: "クラスターの除外中にデプロイされたサービス",
				Cause: "サービスのデプロイ時、クラスターに除外タグ `GuardDutyManaged` = `false` が付いていたため、タスクは次のデプロイまで対象外です。" +
					"タグの変更が反映されるまでに数分かかります。",
				Precise: "サービス `{service}` のデプロイ時、クラスターに除外タグ `GuardDutyManaged` = `false` が付いていたため、" +
					"タスクは次のデプロイまで対象外です。タグの変更が反映されるまでに数分かかります。",
			},
			"ecs-task-before-automated-agent": {
				Title: "自動エージェント設定より前に開始されたタスク",
				Cause: "GuardDuty はタスクの開始時にエージェントを追加します。このタスクは、自動エージェント設定を有効にする前に開始されました。",
			},
			"ecs-service-before-automated-agent": {
				Title:   "自動エージェント設定より前にデプロイされたサービス",
				Cause:   "自動エージェント設定を有効にする前にサービスがデプロイされたため、タスクにエージェントがありません。",
				Precise: "自動エージェント設定を有効にする前にサービス `{service}` がデプロイされたため、タスクにエージェントがありません。",
			},
			"ecs-service-needs-deployment": {
				Title:   "サービスの新しいデプロイが必要",
				Cause:   "実行中のタスクには正常なエージェントがありません。エージェントは新しく起動したタスクにのみ追加されます。",
				Precise: "サービス `{service}` の実行中のタスクには正常なエージェントがありません。エージェントは新しく起動したタスクにのみ追加されます。",
			},
			"ecs-task-before-monitoring": {
				Title: "Runtime Monitoring より前に開始されたタスク",
				Cause: "GuardDuty はタスクの開始時にエージェントを追加します。このタスクは、Runtime Monitoring を有効にする前に開始されました。",
			},
			"ecs-unidentified": {
				Title:   "一部のタスクがカバーされない原因は不明",
				Cause:   "GuardDuty が一部のタスクの未特定の問題を報告しています。デプロイ中によく発生し、15 分以内に自動的に回復します。",
				Precise: "GuardDuty が `{task-definition}` のタスクの未特定の問題を報告しています。デプロイ中によく発生し、15 分以内に自動的に回復します。",
			},

			// EC2
			"ec2-waiting-for-ssm": {
				Title: "Systems Manager からの通知を待機中",
				Cause: "GuardDuty は Systems Manager を使用してエージェントをインストールするため、インスタンスの起動から数分かかります。" +
					"長時間続く場合は、インスタンスが Systems Manager のマネージドノードになっていない可能性があります。",
			},
			"ec2-no-agent-reporting": {
				Title: "エージェントからの報告なし",
				Cause: "このインスタンスから GuardDuty への報告がありません。エージェントが未インストールか、停止しているか、GuardDuty に接続できません。" +
					"停止または終了したインスタンスも同じ状態になります。",
			},
			"ec2-agent-disconnected": {
				Title: "エージェントの接続が切断",
				Cause: "報告していたエージェントからの報告が途絶えました。エージェントまたはインスタンスが停止したか、" +
					"GuardDuty へのネットワーク経路が遮断されています。",
			},
			"ec2-excluded-by-tag": {
				Title: "タグにより対象外",
				Cause: "インスタンスに除外タグ `GuardDutyManaged` = `false` が付いています。意図した設定であれば、対処は不要です。" +
					"タグの変更が反映されるまでに数分かかります。",
			},
			"ec2-kernel-too-old": {
				Title: "カーネルがエージェントの対応バージョンより古い",
				Cause: "カーネルのバージョンがサポート範囲より古いため、エージェントはインストールされませんでした。",
			},
			"ec2-kernel-too-new": {
				Title: "カーネルがエージェントの対応バージョンより新しい",
				Cause: "カーネルのバージョンがサポート範囲より新しいため、エージェントはインストールされませんでした。",
			},
			"ec2-identity-document-unavailable": {
				Title: "インスタンスアイデンティティドキュメントを取得不可",
				Cause: "エージェントはインスタンスアイデンティティドキュメントで実行環境を証明しますが、IMDS から取得できませんでした。" +
					"EC2 以外のマシンにはこのドキュメントがありません。",
			},
			"ec2-ssm-association-exists": {
				Title: "古い GuardDuty の SSM 関連付けが残存",
				Cause: "アカウントに GuardDuty の Systems Manager 関連付けがすでにあるため、新しい関連付けを作成できませんでした。" +
					"古い関連付けではどのインスタンスにもエージェントがインストールされません。",
			},
			"ec2-ssm-association-quota": {
				Title: "アカウントの SSM 関連付けが上限に到達",
				Cause: "Systems Manager 関連付けのクォータに達したため、GuardDuty はエージェントをインストールする関連付けを作成できませんでした。",
			},
			"ec2-ssm-association-missing": {
				Title: "GuardDuty の SSM 関連付けがない",
				Cause: "エージェントをインストールする Systems Manager 関連付けがアカウントにありません。" +
					"そのため、どのインスタンスにもエージェントがインストールされません。関連付けは削除された可能性があります。",
			},
			"ec2-ssm-association-deletion-failed": {
				Title: "GuardDuty の SSM 関連付けは削除済み",
				Cause: "GuardDuty が Systems Manager 関連付けを削除しようとしましたが、見つかりませんでした。意図した削除であれば、対処は不要です。",
			},
			"ec2-ssm-association-execution-failed": {
				Title: "Systems Manager によるエージェントのインストールに失敗",
				Cause: "インスタンスで関連付けが失敗しました。オペレーティングシステム、カーネル、アーキテクチャがエージェントの要件を満たしていないか、" +
					"他の前提条件が不足しています。",
			},
			"ec2-agent-not-reporting-retired": {
				Title: "エージェントからの報告なし (廃止された問題タイプ)",
				Cause: "自動エージェント設定が EC2 に対応する前の問題タイプで、Runtime Monitoring を再設定するまで解消されません。",
			},
			"ec2-image-pull-failed": {
				Title: "エージェントイメージのプルに失敗",
				Cause: "Bottlerocket では、エージェントはホストコンテナです。そのイメージを Amazon ECR からプルできませんでした。",
			},

			// several kinds
			"vpc-endpoint-shared-vpc-unsupported": {
				Title: "共有 VPC へのエンドポイントの作成に失敗",
				Cause: "リソースは、別のアカウントが共有する VPC で実行されています。GuardDuty は、前提条件を満たす同じ組織内の共有 VPC に対応しています。",
			},
			"vpc-endpoint-shared-vpc-owner-not-enabled": {
				Title: "共有 VPC 所有者のアカウントで GuardDuty エージェントが無効",
				Cause: "エンドポイントは共有 VPC を所有するアカウントに作成する必要がありますが、" +
					"そのアカウントで Runtime Monitoring または自動エージェント設定が無効です。",
				Precise: "エンドポイントは共有 VPC を所有するアカウント {owner} に作成する必要がありますが、" +
					"そのアカウントで Runtime Monitoring または自動エージェント設定が無効です。",
			},
			"vpc-endpoint-private-dns": {
				Title: "VPC の DNS 設定により GuardDuty エンドポイントを作成不可",
				Cause: "GuardDuty エンドポイントにはプライベート DNS が必要で、VPC の `enableDnsSupport` と `enableDnsHostnames` を" +
					"有効にする必要があります。",
				Precise: "GuardDuty エンドポイントにはプライベート DNS が必要で、`{vpc}` の `enableDnsSupport` と `enableDnsHostnames` を" +
					"有効にする必要があります。",
			},
			"vpc-endpoint-creation-failed": {
				Title: "VPC エンドポイントの作成に失敗",
				Cause: "GuardDuty が VPC エンドポイントを作成できず、エージェントが報告できません。AWS が理由を示した場合は、問題 (Issue) の内容にあります。",
			},
			"shared-vpc-endpoint-deletion-refused": {
				Title: "共有 VPC のエンドポイントを削除できない",
				Cause: "共有 VPC を使用するアカウントで GuardDuty が無効になりましたが、エンドポイントは VPC を所有するアカウントのもので、残ります。",
				Precise: "共有 VPC を使用するアカウントで GuardDuty が無効になりましたが、エンドポイントはアカウント {owner} のもので、" +
					"残ります。",
			},
			catalog.Unrecognised: {
				Title: "この通知ツールにない問題",
				Cause: "GuardDuty が示した理由は、この通知ツールのカタログにありません。",
			},
			catalog.NoReason: {
				Title: "原因不明 (GuardDuty から理由の通知なし)",
				Cause: "よくある状態です。リソースが停止しているか、ゼロにスケールされているか、" +
					"タグ `GuardDutyManaged` の変更がまだ反映されていない可能性があります。",
			},
		},
		Steps: map[catalog.StepID]string{
			// coverage, endpoint and tags
			"verify-coverage":  "ステータスが再び `HEALTHY` になったことを確認します。15 分ほどかかることがあります。",
			"look-at-coverage": "まだ `UNHEALTHY` かどうかを確認します。すでに `HEALTHY` であれば、対処は不要です。",
			"look-at-endpoint": "VPC の `guardduty-data` エンドポイントが利用可能で、プライベート DNS が有効であり、VPC からのポート 443 を許可していることを確認します。また、エンドポイントポリシー、SCP、アクセス許可の境界のいずれも `guardduty:SendSecurityTelemetry` を拒否していないことを確認します。",
			"look-at-tag":      "タグ `GuardDutyManaged` がリソースを対象に含めているか、除外しているかを確認します。",
			"retag":            "タグを使用していて効果がないように見える場合は、`GuardDutyManaged` を削除して付け直します。タグが認識されるまでには時間がかかりますが、付け直すと早まります。",
			"hurry-retry":      "タグ `GuardDutyManaged` を追加または変更して、GuardDuty の再試行を早めます (インスタンスの停止と起動でも同じ効果があります)。",

			// shared VPCs and the endpoint
			"look-at-vpc-owner":             "VPC を所有するアカウントを確認します。",
			"meet-shared-vpc-prerequisites": "共有 VPC の前提条件を満たします。両方のアカウントが同じ組織に属し、所有者のアカウントで Runtime Monitoring と自動エージェント設定が有効である必要があります。",
			"look-at-features-in-owner":     "VPC を所有するアカウントの認証情報で、Runtime Monitoring とその自動エージェント設定が有効かどうかを確認します。",
			"enable-in-owner":               "所有者のアカウントで、EKS と ECS on Fargate の少なくとも一方について、Runtime Monitoring と自動エージェント設定を有効にします (組織では、委任 GuardDuty 管理者アカウントで行います)。",
			"decide-on-shared-endpoint":     "エンドポイントを削除する必要があるかどうかを判断します。ほかのアカウントがその VPC を使用している場合があり、このアカウントの設定を変更してもエンドポイントには影響しません。",
			"disable-in-owner":              "削除が必要な場合は、所有者のアカウントで Runtime Monitoring または自動エージェント設定を無効にします。",
			"look-at-dns-attributes":        "VPC の 2 つの DNS 属性のうち、無効になっているものを確認します。",
			"enable-dns-attributes":         "両方を有効にします (VPC を所有するアカウントで行います)。",
			"read-issue-for-reason":         "問題 (Issue) の内容にある理由を読み、原因を取り除きます。よくある原因は、クォータ、権限、サブネットの IP アドレス不足です。",
			"look-at-endpoint-denials":      "テキストに理由がない場合は、CloudTrail でエラーを探します。",

			// nothing known
			"read-raw-issue":        "問題 (Issue) の内容を読みます。多くの場合、何が問題なのかを AWS が示しています。",
			"look-at-cluster-addon": "EKS クラスターのエージェントのアドオンを確認します。エージェントは、このアドオンによって各ノードのポッドとして動作します。",
			"look-at-instance":      "インスタンスがまだ動作しているかどうかを確認します。意図して停止または終了したインスタンスであれば、対処は不要です。",
			"look-at-services":      "クラスターで何かが動作しているかどうかを確認します。タスクがなければ、対処は不要です。コンテナインスタンスの問題は、EC2 インスタンスとして通知されます。",
			"look-at-documentation": "AWS の問題の一覧を確認します。この通知ツールより新しい場合があります。",

			// the EKS add-on
			"look-at-cluster-version":     "クラスターの Kubernetes バージョンを確認します。",
			"compare-addon-versions":      "エージェントがサポートするバージョンと比較します。",
			"upgrade-cluster":             "クラスターをサポート対象のバージョンにアップグレードします。その後、GuardDuty がエージェントを再びインストールします (手動管理の場合は、手動でインストールします)。",
			"look-at-addon":               "アドオンについての EKS の報告を確認します。",
			"verify-addon":                "アドオンが `ACTIVE` で、問題がないことを確認します。",
			"look-at-pods":                "動作しているエージェントポッドと、動作していないエージェントポッドを確認します。ノード数をゼロにスケールインしたクラスターであれば、対処は不要です。",
			"describe-pods":               "動作していないポッドの理由を調べ、原因を取り除きます。",
			"read-pod-logs":               "失敗しているエージェントポッドのログを読みます。ノードのオペレーティングシステムと Kubernetes バージョンもサポート対象である必要があります。",
			"retry-addon":                 "EKS に再試行を促します (作成に失敗したアドオンは、削除して作成し直す必要がある場合があります)。",
			"look-at-addon-configuration": "アドオンの設定を確認します。優先度クラスの設定には、アドオンのバージョン 1.5.0 以降が必要です。",
			"raise-priority":              "他のポッドをプリエンプトできる優先度クラスをエージェントに設定します。設定全体が置き換えられるため、前のコマンドで表示された値も含めてください。",
			"or-make-room":                "または、空きを作ります。ノードを追加するか、ポッド数の上限に達している場合はより大きなノードを使用します。",
			"look-at-features":            "アカウントで Runtime Monitoring、または以前の EKS Runtime Monitoring が有効かどうかを確認します。",
			"resolve-endpoint":            "クラスター内から、エンドポイントの名前がプライベートアドレスに解決されることを確認します。",
			"list-admission-webhooks":     "問題 (Issue) の内容にあるアドミッションコントローラーを見つけます。",
			"except-agent-from-policy":    "名前空間 `amazon-guardduty` に対する EKS のリクエストを許可するようにポリシーを変更するか、コントローラーを無効にします。",
			"overwrite-addon":             "競合する設定を EKS に上書きさせます。",
			"or-reinstall-addon":          "うまくいかない場合は、アドオンを削除して再びインストールします。",
			"look-at-addon-binding":       "ClusterRoleBinding が存在し、ユーザー `eks:addon-manager` を指定していることを確認します。",
			"create-addon-binding":        "存在しない場合は作成します (誤ったものがある場合は、先に削除します)。",
			"look-at-constraints":         "問題 (Issue) の内容の角括弧内にある Gatekeeper の制約を見つけます。",
			"label-namespace":             "ラベル付きの名前空間を事前に作成します。`security` はチームの名前に置き換えてください。",
			"or-except-namespace":         "または、名前空間 `amazon-guardduty` を制約の対象から除外します。",
			"allow-registry":              "以下のページにあるリージョンの GuardDuty レジストリを、制約で許可するレジストリに追加します。",
			"look-up-addon-code":          "コードの意味を調べ、原因を取り除きます。",
			"see-who-removed-addon":       "アドオンを削除したユーザーを確認します。意図した削除であれば、対処は不要です。",
			"install-addon":               "アドオンを再びインストールします (自動エージェント設定では、タグでクラスターが除外されていない限り、GuardDuty がインストールします)。",
			"mend-named-cause":            "問題 (Issue) の内容に、拒否された権限などの原因がある場合は、先にそれを取り除きます。",
			"turn-off-eks-agent":          "EKS の自動エージェント設定を無効にします (以前の EKS Runtime Monitoring が有効な場合は、代わりにそれを無効にします)。組織では、委任 GuardDuty 管理者アカウントで行います。",
			"turn-on-eks-agent":           "数分後に再び有効にします。",

			// ECS
			"look-at-tasks":                 "タスクのどのコンテナが動作していて、ほかのコンテナがなぜ動作していないかを確認します。エージェントの名前は `aws-gd-agent` または `aws-guardduty-agent` で始まります。",
			"read-issue-for-vpc":            "問題 (Issue) の内容で VPC の問題を確認し、修正します。",
			"look-at-subnets":               "サービスが使用するサブネットとセキュリティグループを確認します。ポート 443 でエンドポイントに接続できる必要があります。",
			"read-issue-for-exit":           "問題 (Issue) の内容にある終了コードまたは理由を確認します。137 は、多くの場合タスクのメモリ不足を意味します。",
			"mend-and-relaunch":             "タスクのメモリを増やすなどして原因を取り除き、タスクを入れ替えます。",
			"allow-execution-role-to-pull":  "タスク実行ロールに、`AmazonECSTaskExecutionRolePolicy` と同様に ECR からのプルが許可されていることを確認します。",
			"give-route-to-ecr":             "サブネットがインターネットまたは以下のエンドポイントを経由して ECR に接続できること、セキュリティグループが S3 のプレフィックスリストへのポート 443 のアウトバウンドを許可していることを確認します。",
			"run-pull-runbook":              "AWS のランブックで原因を調べます。",
			"redeploy-or-relaunch":          "動作中のタスクにエージェントが後から追加されることはないため、タスクを入れ替えます。サービスを一覧表示し、該当するサービスで `aws ecs update-service --force-new-deployment` を実行します。単独のタスクは、停止してから再び開始します。",
			"start-tasks-differently":       "モニタリングが必要なタスクは、サポート対象のサービスから開始します。",
			"or-exclude-cluster":            "クラスターにほかのタスクがない場合は、クラスターを除外すると、この通知を止められます。",
			"look-at-architecture":          "タスク定義が指定するアーキテクチャを確認します。",
			"change-architecture":           "サポート対象のアーキテクチャで新しいリビジョンを登録します。サポート対象は以下のページにあります。",
			"look-at-execution-role":        "タスク定義にタスク実行ロールがないことを確認します (結果は `None` になります)。",
			"add-execution-role":            "ECR からのプルが許可されたタスク実行ロールを指定して、新しいリビジョンを登録します。",
			"look-at-network-configuration": "サブネットのないサービスを確認します。",
			"add-network-configuration":     "サービスまたはタスクに、サブネットとセキュリティグループを含む VPC 設定を追加します。",
			"include-cluster":               "クラスターをカバーする場合は、タグで対象に含めます。タグが反映されるまでには数分かかります。",
			"look-at-task":                  "タスクを何がいつ開始したかを確認します。",
			"relaunch-task":                 "タスクを停止し、元と同じ方法で再び開始します。サービスのタスクは自動で開始されます。",
			"look-at-service":               "サービスが最後にデプロイされた日時を確認します。",
			"redeploy-service":              "新しいデプロイを強制します。タスクは順に入れ替わります。",
			"ask-why-unidentified":          "問題が続くタスクが、Runtime Monitoring より前に開始したもの、クラスターが除外されている間に開始したもの、ARN にクラスター名がないもの (古い形式はサポートされません) ではないかを確認します。",

			// EC2
			"look-at-ssm":                   "Systems Manager がインスタンスを管理していて、ping ステータスが `Online` であることを確認します。結果が空の場合は管理されていません。インスタンスに SSM Agent、ロール、ネットワーク経路が必要です。",
			"look-at-associations":          "GuardDuty の関連付けが存在するかどうかと、前回の実行結果を確認します。",
			"see-association-again":         "関連付けが再び存在することを確認します。",
			"install-agent":                 "エージェントがインスタンス上で (EKS ノードではポッドとして) 動作しているかどうかを確認します。手動でデプロイする場合は、以下のページに従ってインストールします。",
			"look-at-agent":                 "エージェントの状態を確認します。インスタンスではログが `/var/log/amzn-guardduty-agent/` にあり、EKS ノードではポッドとして動作しています。",
			"restart-agent":                 "エージェントを再起動します。インスタンスではサービスとして、EKS ノードでは DaemonSet として再起動します (EKS 以外の Bottlerocket ではホストコンテナのため、インスタンスを再起動します)。",
			"include-instance":              "インスタンスをカバーする場合は、タグを削除します。",
			"look-at-kernel":                "インスタンスでカーネルのバージョンを確認し、サポート対象と比較します。",
			"upgrade-kernel":                "カーネルを更新するか、より新しいイメージに移行します。",
			"downgrade-kernel":              "エージェントがこのカーネルに対応するまで、サポート対象のカーネルで起動するか、それを含むイメージを使用します。",
			"restart-instance":              "中断しても問題のないときに、インスタンスを再起動します。",
			"look-at-metadata-options":      "動作中の EC2 インスタンスであり、`HttpEndpoint` が `enabled` であることを確認します。",
			"enable-metadata-service":       "有効でない場合は、インスタンスメタデータサービスを有効にします。",
			"fetch-identity-document":       "インスタンスでアイデンティティドキュメントを取得します。結果は JSON になるはずです。",
			"delete-association":            "古い関連付けを削除します。",
			"turn-off-ec2-agent":            "EC2 の自動エージェント設定を無効にします。組織では、委任 GuardDuty 管理者アカウントで行います。",
			"turn-on-ec2-agent":             "EC2 の自動エージェント設定を有効にします。",
			"count-associations":            "関連付けを、最後の実行が古い順に一覧表示します。",
			"delete-unused-associations":    "不要なものを `aws ssm delete-association` で削除します。",
			"or-raise-quota":                "または、クォータの引き上げをリクエストします。GuardDuty は自動で再試行します。",
			"turn-monitoring-off-and-on":    "GuardDuty コンソールで Runtime Monitoring を無効にしてから再び有効にし (組織では、委任 GuardDuty 管理者アカウントで行います)、以下のコマンドで表示される設定を元に戻します。その間、アカウントのどのリソースもカバーされません。",
			"accept-deletion":               "意図して関連付けを削除した場合、対処は不要です。",
			"look-at-instance-association":  "インスタンスで関連付けが失敗した理由を確認します。",
			"look-at-executions":            "最近の実行結果を確認します。",
			"compare-prerequisites":         "インスタンスのオペレーティングシステムをサポート対象と比較します。",
			"run-association-again":         "原因を取り除いた後、関連付けを再び実行します。",
			"or-turn-monitoring-off-and-on": "すでに有効な場合、またはエージェントを手動でデプロイしている場合は、Runtime Monitoring を数分間無効にしてから再び有効にします。その間、アカウントのどのリソースもカバーされません。",
			"allow-instance-to-pull":        "インスタンスのロールに ECR からのプルが許可されていることを確認します。`null` の場合、ロールがありません。",
			"give-instance-route-to-ecr":    "サブネットがインターネットまたは以下のエンドポイントを経由して、ポート 443 で ECR に接続できることを確認します。",

			// what a look at the live resource found
			"wait-for-cluster":       "クラスターの状態の理由を確認します。`ACTIVE` になると、GuardDuty がカバーします。",
			"include-eks-cluster":    "クラスターをカバーする場合は、タグを削除します。",
			"update-addon":           "アドオンを、クラスターで使用できる最新のバージョンに更新します (GuardDuty が管理するアドオンは、GuardDuty が更新します)。",
			"wait-for-node":          "動作中のノードがない間、対処は不要です。次のノードが起動すると、エージェントも自動で動作します。動作しているはずのノードがないかどうかを確認します。",
			"leave-fargate":          "Runtime Monitoring は EKS on Fargate をカバーしません。クラスターを今後も Fargate のみで使用する場合は、除外すると、この通知を止められます。",
			"create-endpoint":        "自動エージェント設定では、GuardDuty が再試行の際にエンドポイントを作成します。エージェントを手動でデプロイする場合は、エンドポイントを作成し、そのセキュリティグループで VPC からのポート 443 を許可します。",
			"mend-endpoint":          "エンドポイントを利用できない理由を確認します。作成中の場合は、数分待ちます。失敗または拒否された場合は、作成し直すために削除する必要があります。",
			"enable-private-dns":     "エンドポイントのプライベート DNS を有効にします。",
			"let-in-https":           "セキュリティグループで、VPC からのポート 443 のインバウンドを許可します。",
			"leave-windows":          "Runtime Monitoring は Windows をカバーしません。インスタンスを除外すると、この通知を止められます。",
			"restart-ssm-agent":      "インスタンスで SSM Agent を再起動し、Systems Manager に接続できることを確認します。",
			"register-in-ssm":        "インスタンスを Systems Manager の管理対象にします。SSM Agent、`AmazonSSMManagedInstanceCore` と同様の権限を持つロール、Systems Manager へのネットワーク経路が必要です。まず、インスタンスのロールを確認します。",
			"see-why-nothing-runs":   "何も動作していない理由を確認します。意図したものであれば、対処は不要です。",
			"accept-missing-service": "意図してサービスを削除した場合、対処は不要です。現在あるサービスを確認します。",
			"enable-guardduty":       "アカウントで GuardDuty を有効にし、続いて Runtime Monitoring を有効にします。組織では、委任 GuardDuty 管理者アカウントで行います。",
			"resume-guardduty":       "GuardDuty を再び有効にします。組織では、委任 GuardDuty 管理者アカウントで行います。",
			"turn-on-monitoring":     "Runtime Monitoring を有効にします。組織では、委任 GuardDuty 管理者アカウントで行います。",
			"have-agent-managed":     "自動エージェント設定を有効にして GuardDuty にエージェントをインストールさせるか (組織では、委任 GuardDuty 管理者アカウントで行います)、手動でインストールします。",
		},
		Pages: map[string]string{
			catalog.EKSPage:                "EKS クラスターのカバレッジの問題",
			catalog.EndpointPage:           "VPC エンドポイントの確認",
			catalog.SharedVPCPage:          "共有 VPC の前提条件",
			catalog.KubernetesVersionsPage: "サポート対象の Kubernetes バージョン",
			catalog.AddonParametersPage:    "エージェントのアドオンの設定",
			catalog.RegistriesPage:         "エージェントのイメージのレジストリ",
			catalog.AddonIssuePage:         "EKS アドオンの問題コード",
			catalog.ECSArchitecturesPage:   "Fargate でサポート対象のアーキテクチャ",
			catalog.ECSPrerequisitesPage:   "Fargate の前提条件",
			catalog.EC2ArchitecturesPage:   "サポート対象のオペレーティングシステムとカーネル",
			catalog.ManualAgentPage:        "エージェントの手動デプロイ",
			catalog.BottlerocketPage:       "ECS の Bottlerocket のカバレッジの問題",
		},
	}
}
