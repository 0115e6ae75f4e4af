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
			"look-at-endpoint": "VPC の `guardduty-data` エンドポイント (GovCloud では `guardduty-data-fips`) を確認します。" +
				"利用可能で、プライベート DNS が有効であり、" +
				"セキュリティグループが VPC からのポート 443 を許可している必要があります。また、" +
				"どのポリシー、SCP、" +
				"アクセス許可の境界も `guardduty:SendSecurityTelemetry` を拒否していないことを確認します。" +
				"共有 VPC の参加者には表示されないため、所有者のアカウントで確認します。",
			"check-endpoint": "エンドポイントが `available` になったことを確認します。共有 VPC では、" +
				"所有者のアカウントで確認します。",
			"look-at-tag": "タグ `GuardDutyManaged` を確認します。`true` は包含タグ、`false` は除外タグです。",
			"retag": "タグの値が正しいのに効果がない場合は、タグを削除して付け直します。" +
				"同じ値を上書きしても効果はありません。",
			"hurry-retry": "包含タグを付けて、GuardDuty の再試行を促します。タグがすでに `true` の場合は、" +
				"先に削除するか、インスタンスを停止して起動します。元に戻すには、タグを削除します。",

			// shared VPCs and the endpoint
			"look-at-vpc-owner": "VPC を所有するアカウントを確認します (`OwnerId`)。",
			"meet-shared-vpc-prerequisites": "共有 VPC の前提条件を満たします。両方のアカウントが同じ組織に属し、" +
				"所有者のアカウントで Runtime Monitoring と自動エージェント設定が有効である必要があります。",
			"look-at-features-in-owner": "VPC を所有するアカウントの認証情報で、" +
				"Runtime Monitoring と自動エージェント設定が有効かどうかを確認します。",
			"look-at-features-of-owner": "委任 GuardDuty 管理者アカウントで、" +
				"VPC を所有するアカウントの Runtime Monitoring と自動エージェント設定が有効かどうかを確認します。",
			"enable-in-owner": "所有者のアカウントで、" +
				"EKS または ECS on Fargate の Runtime Monitoring と自動エージェント設定を有効にします。" +
				"メンバーアカウントでは変更できないため、委任管理者が行います。",
			"decide-on-shared-endpoint": "エンドポイントを削除する必要があるかどうかを判断します。" +
				"ほかのアカウントがその VPC を使用している場合があります。このアカウントの設定を変更しても、" +
				"エンドポイントは変わりません。",
			"disable-in-owner": "削除が必要な場合は、所有者のアカウントで自動エージェント設定を無効にします。" +
				"VPC を使用するほかのアカウントもエンドポイントを失います。元に戻すには、再び有効にします。",
			"look-at-dns-attributes": "VPC の 2 つの DNS 属性のうち、無効になっているものを確認します。",
			"enable-dns-attributes": "VPC を所有するアカウントの認証情報で、両方の DNS 属性を有効にします。" +
				"元に戻すには、同じオプションを `--no-enable` で指定します。",
			"read-issue-for-reason": "問題 (Issue) の内容で理由を確認します。よくある原因は、クォータ、権限、" +
				"サブネットの IP アドレス不足です。",
			"look-at-endpoint-denials": "理由が示されていない場合は、CloudTrail でエラーを探します。",

			// nothing known
			"read-raw-issue": "問題 (Issue) の内容を確認します。多くの場合、原因が示されています。",
			"look-at-cluster-addon": "EKS クラスターのエージェントのアドオンを確認します。" +
				"エージェントは各ノードでポッドとして実行されますが、" +
				"Fargate とハイブリッドノードは対象外です。",
			"look-at-instance": "インスタンスが実行中かどうかを確認します。" +
				"停止または終了したインスタンスであれば、対処は不要です。Windows は対象外です。",
			"look-at-services": "クラスターで実行中のタスクがあるかどうかを確認します。タスクがなければ、" +
				"対処は不要です。ECS マネージドインスタンスは対象外です。コンテナインスタンスの問題は、" +
				"EC2 インスタンスとして通知されます。",
			"look-at-documentation": "AWS の問題の一覧を確認します。この通知ツールより新しい場合があります。",

			// the EKS add-on
			"look-at-cluster-version": "クラスターの Kubernetes バージョンを確認します。",
			"compare-addon-versions":  "エージェントがサポートするバージョンと比較します。",
			"upgrade-cluster": "クラスターをサポート対象のバージョンにアップグレードします。" +
				"元に戻すことはできません。その後、" +
				"GuardDuty がエージェントをインストールします (手動管理の場合は手動でインストールします)。",
			"look-at-addon": "アドオンのステータスとヘルスの問題を確認します。",
			"verify-addon": "アドオンが `ACTIVE` で、ヘルスの問題がないことを確認します。" +
				"15 分たっても `CREATING` のままの場合は、削除して作成し直す必要があります。",
			"look-at-pods": "どのエージェントポッドが実行中で準備完了になっているかを確認します。" +
				"ノードがないクラスターであれば、対処は不要です。",
			"read-pod-events": "ほかのポッドが起動しない理由を確認します。",
			"look-at-taints": "ノードにカスタムテイントがあるかどうかを確認します。" +
				"エージェントはカスタムテイントを許容しないため、そのノードにはエージェントがなく、" +
				"警告も出ません。",
			"read-pod-logs": "準備完了でないエージェントポッドの直前のログを確認します。" +
				"ノードのオペレーティングシステムとカーネルもサポート対象である必要があります。",
			"retry-addon": "EKS に再試行させます。クラスター内で行われた変更は維持されます。",
			"look-at-addon-configuration": "アドオンのバージョンと設定を控えます。優先度クラスの設定には、" +
				"バージョン 1.5.0 以降が必要です。",
			"look-for-room": "各ノードでどれだけのリソースが割り当て済みかを確認します。",
			"raise-priority": "ほかのポッドをプリエンプトできる優先度クラスをエージェントに設定します。" +
				"設定全体が置き換えられるため、控えた値も含めてください。元に戻すには、" +
				"控えた値を再び設定します。",
			"or-make-room": "または、空きを作ります。ノードを追加するか、" +
				"ポッド数の上限に達している場合はより大きなノードを使用します。",
			"look-at-features": "Runtime Monitoring と自動エージェント設定が有効かどうかを確認し、値を控えます。" +
				"`EKS_RUNTIME_MONITORING` は以前の機能です。",
			"look-at-member-features": "委任 GuardDuty 管理者アカウントで、" +
				"メンバーアカウントの Runtime Monitoring と自動エージェント設定が有効かどうかを確認し、" +
				"値を控えます。`EKS_RUNTIME_MONITORING` は以前の機能です。",
			"resolve-endpoint": "クラスター内で、" +
				"エンドポイントの名前がプライベートアドレスに解決されることを確認します。" +
				"一時的なポッドを起動し、終了後に削除します。",
			"list-admission-webhooks":  "問題 (Issue) の内容にあるアドミッションコントローラーを見つけます。",
			"except-agent-from-policy": "名前空間 `amazon-guardduty` に対する EKS のリクエストを許可するようにポリシーを変更します。",
			"overwrite-addon": "競合する設定を EKS に上書きさせます。クラスター内で行われた変更は失われ、" +
				"元に戻すことはできません。",
			"or-remove-addon": "うまくいかない場合は、アドオンを削除します。" +
				"再びインストールするまでクラスターはカバーされません。設定の値も失われるため、" +
				"先に控えてください。",
			"and-install-addon": "アドオンの削除が完了したら、控えた設定の値で再びインストールします。",
			"look-at-addon-binding": "ClusterRoleBinding が存在し、" +
				"ユーザー `eks:addon-manager` を指定していることを確認します。",
			"create-addon-binding": "ClusterRoleBinding を作成するか、ユーザーを修正します。" +
				"EKS のアドオンマネージャーに、クラスターへのフルアクセスを許可します。" +
				"別のロールを指定している場合は、先に削除する必要があります。元に戻すには、" +
				"ClusterRoleBinding を削除します。",
			"look-at-constraints": "問題 (Issue) の内容の角括弧内にある Gatekeeper の制約を見つけます。",
			"label-namespace":     "ラベル付きの名前空間を作成します。`security` はチームの名前に置き換えてください。",
			"or-except-namespace": "または、名前空間 `amazon-guardduty` を制約の対象から除外します。",
			"allow-registry": "制約で許可するレジストリに、リージョンの GuardDuty レジストリを追加します。" +
				"レジストリは関連ページにあります。",
			"allow-registry-in-govcloud": "制約で許可するレジストリに、" +
				"リージョンの GuardDuty レジストリを追加します。GovCloud のレジストリは、" +
				"AWS GovCloud (US) ユーザーガイドの Amazon GuardDuty のページにあります。",
			"look-up-addon-code": "問題コードの意味を調べ、根本原因を取り除きます。",
			"see-who-removed-addon": "アドオンを削除したユーザーを確認します。意図した削除であれば、" +
				"対処は不要です。",
			"delete-stuck-addon": "この状態から変わらないため、アドオンを削除します。元に戻すには、再度作成します。",
			"install-addon": "アドオンをインストールします。自動エージェント設定では、" +
				"タグでクラスターが除外されていない限り、GuardDuty がインストールします。元に戻すには、" +
				"`aws eks delete-addon` を使用します。",
			"read-named-cause": "問題 (Issue) の内容を確認します。" +
				"拒否された権限などの原因が示されている場合があります。",
			"fix-named-cause": "問題 (Issue) の内容に原因が示されている場合は、先にそれを取り除きます。",

			// GuardDuty's settings
			"turn-off-agent-management": "問題が解消せず、メンバーアカウントでない場合は、" +
				"自動エージェント設定を無効にします。" +
				"再び有効にするまでエージェントのインストールと更新は行われないため、" +
				"無効にするのは数分だけにしてください。" +
				"`EKS_RUNTIME_MONITORING` が有効な場合は実行しないでください。",
			"turn-off-agent-management-of-member": "問題が解消しない場合は、委任 GuardDuty 管理者アカウントで、" +
				"メンバーの自動エージェント設定を無効にします。" +
				"再び有効にするまでエージェントのインストールと更新は行われないため、" +
				"無効にするのは数分だけにしてください。" +
				"`EKS_RUNTIME_MONITORING` が有効な場合は実行しないでください。",
			"turn-on-agent-management-again": "数分後に、同じコマンドの `DISABLED` を `ENABLED` に変えて実行し、再び有効にします。",
			"toggle-agent-by-hand": "問題が解消しない場合は、" +
				"GuardDuty コンソールで Runtime Monitoring を無効にし、数分後に、控えた値で再び有効にします。" +
				"その間は何もカバーされません。組織では、委任管理者が行います。",
			"turn-on-agent-management": "メンバーアカウントでない場合は、自動エージェント設定を有効にするか、" +
				"エージェントを手動でインストールします。有効にすると、" +
				"タグで除外されていないすべての対象に GuardDuty がエージェントをインストールします。" +
				"元に戻すには、ステータスを `DISABLED` に設定します。",
			"turn-on-agent-management-of-member": "委任 GuardDuty 管理者アカウントで、" +
				"メンバーの自動エージェント設定を有効にするか、" +
				"エージェントを手動でインストールしてもらいます。有効にすると、" +
				"タグで除外されていないすべての対象に GuardDuty がエージェントをインストールします。" +
				"元に戻すには、ステータスを `DISABLED` に設定します。",
			"toggle-monitoring": "GuardDuty コンソールで Runtime Monitoring を無効にし、数分後に、" +
				"控えた値で再び有効にします。その間は何もカバーされません。組織では、委任管理者が行います。",
			"or-toggle-monitoring": "すでに有効な場合、またはエージェントを手動でデプロイしている場合は、" +
				"GuardDuty コンソールで Runtime Monitoring を無効にし、数分後に、控えた値で再び有効にします。" +
				"その間は何もカバーされません。",
			"enable-guardduty": "メンバーアカウントでない場合は、GuardDuty を有効にし、" +
				"続いて Runtime Monitoring を有効にします。どちらも課金されます。元に戻すには、" +
				"`aws guardduty delete-detector` を使用します。",
			"enable-guardduty-in-member": "委任 GuardDuty 管理者アカウントで、" +
				"メンバーアカウントの GuardDuty を有効にし、続いて Runtime Monitoring を有効にします。" +
				"どちらも課金されます。",
			"resume-guardduty": "メンバーアカウントでない場合は、GuardDuty を再開します。元に戻すには、" +
				"`--no-enable` を使用します。",
			"resume-guardduty-in-member": "委任 GuardDuty 管理者アカウントで、メンバーの GuardDuty を再開します。" +
				"元に戻すには、`aws guardduty stop-monitoring-members` を使用します。",
			"turn-on-monitoring": "メンバーアカウントでない場合は、Runtime Monitoring を有効にします。" +
				"課金されます。元に戻すには、ステータスを `DISABLED` に設定します。",
			"turn-on-monitoring-in-member": "委任 GuardDuty 管理者アカウントで、" +
				"メンバーの Runtime Monitoring を有効にします。課金されます。元に戻すには、" +
				"ステータスを `DISABLED` に設定します。",

			// ECS
			"look-at-tasks": "実行中のタスクのエージェントコンテナを確認します。" +
				"名前は `aws-guardduty-agent` または `aws-gd-agent` で始まります。" +
				"このコンテナがないタスクには、エージェントがありません。",
			"look-at-stopped-tasks": "過去 1 時間に停止したタスクのエージェントコンテナを確認します。" +
				"短時間のタスクは、実行中に確認できないことがよくあります。",
			"look-at-short-tasks": "短時間のタスクは、実行中に確認できないことがよくあります。最初のコマンドの " +
				"`list-tasks` の後に `--desired-status STOPPED` を付けると、過去 1 時間に停止したタスクを表示できます。",
			"check-tasks": "新しいタスクのエージェントコンテナが `RUNNING` であることを、" +
				"最初のコマンドで確認します。",
			"read-issue-for-vpc": "問題 (Issue) の内容で、VPC の問題を確認します。",
			"look-at-networks": "サービスのサブネットとセキュリティグループを確認します。サブネットと、" +
				"ポート 443 でエンドポイントに接続する経路が必要です。",
			"fix-vpc": "問題 (Issue) の内容に示されている問題を修正します。その後、GuardDuty が再試行します。",
			"read-issue-for-exit": "問題 (Issue) の内容で、終了コードまたは理由を確認します。137 は、" +
				"多くの場合タスクのメモリ不足を意味します。",
			"fix-and-relaunch": "タスクのメモリを増やすなどして原因を取り除き、タスクを入れ替えます。",
			"look-at-task-definition": "タスク実行ロールに `AmazonECSTaskExecutionRolePolicy` の権限があることを確認します。" +
				"ロググループも表示されるため、タスクのログを確認します。",
			"look-at-route-to-ecr": "サブネットがインターネットまたはこれらのエンドポイントを経由して ECR に接続できること、" +
				"セキュリティグループが S3 のプレフィックスリストへのポート 443 を許可していることを確認します。",
			"run-pull-runbook": "失敗したタスクの ID を指定して AWS のランブック `AWSSupport-TroubleshootECSTaskFailedToStart` を実行し、" +
				"`aws ssm get-automation-execution` で結果を確認します。" +
				"アカウントに Lambda 関数と IAM ロールが作成されることがあります。",
			"redeploy-or-relaunch": "実行中のタスクにエージェントが後から追加されることはないため、" +
				"タスクを入れ替えます。該当するサービスで新しいデプロイを強制するか、" +
				"CodeDeploy がデプロイするサービスでは CodeDeploy で新しいデプロイを開始します。" +
				"単独のタスクは、古いタスクを停止する前に新しく開始します。",
			"start-tasks-differently": "モニタリングが必要なタスクは、サポート対象のサービスから開始します。",
			"or-exclude-cluster": "クラスターにほかのタスクがない場合は、除外すると、この通知を止められます。" +
				"元に戻すには、タグを `true` に設定します。",
			"look-at-architecture": "タスク定義の CPU アーキテクチャを確認します。",
			"change-architecture": "サポート対象のアーキテクチャで新しいリビジョンを登録します。" +
				"サポート対象は関連ページにあります。",
			"look-at-execution-role": "タスク定義にタスク実行ロールがないことを確認します (`null`)。",
			"add-execution-role":     "ECR からプルできるタスク実行ロールを指定して、新しいリビジョンを登録します。",
			"add-network-configuration": "サービスまたはタスクに、" +
				"サブネットとセキュリティグループを含む VPC 設定を追加します。",
			"include-cluster": "クラスターをカバーする場合は、包含タグを付けます。" +
				"反映されるまでには数分かかります。元に戻すには、タグを `false` に設定します。",
			"look-at-task": "タスクの開始元を確認します。" +
				"グループが `service:` で始まる場合はサービスが再び開始しますが、" +
				"`family:` で始まる場合は何も再び開始しません。",
			"relaunch-task": "タスクを停止して入れ替えます。サービスのタスクは自動的に開始されます。" +
				"単独のタスクは再び開始されないため、先に新しく開始します。",
			"look-at-service": "サービスが最後にデプロイされた日時と、デプロイの方法を確認します。" +
				"`CODE_DEPLOY` の場合は、CodeDeploy で新しいデプロイが必要です。",
			"redeploy-service": "新しいデプロイを強制します。タスクが入れ替わります。" +
				"CodeDeploy がデプロイするサービスでは拒否されるため、" +
				"CodeDeploy で新しいデプロイを開始します。",
			"ask-why-unidentified": "タスクが次のいずれかに該当しないか確認します: Runtime Monitoring より前に開始した、" +
				"クラスターが除外されている間に開始した、" +
				"ARN がクラスター名のない古い形式である (サポート対象外です)。",

			// EC2
			"look-at-ssm": "Systems Manager がインスタンスを管理していて、" +
				"ping ステータスが `Online` であることを確認します。結果が空の場合は、" +
				"インスタンスに SSM Agent、ロール、ネットワーク経路が必要です。",
			"look-at-associations": "GuardDuty の関連付けと、前回の実行結果を確認します。" +
				"同じドキュメントを使用するチーム独自の関連付けがある場合もあります。",
			"check-association":            "GuardDuty の関連付けが存在することを確認します。",
			"look-at-instance-association": "インスタンスでの関連付けの実行結果を確認します。",
			"look-at-host-container": "Bottlerocket では、エージェントはホストコンテナです。" +
				"Session Manager で接続し、`enter-admin-container` を実行して、ログを確認します。",
			"look-at-instance-route-to-ecr": "Bottlerocket では、" +
				"インスタンスがインターネットまたはこれらのエンドポイントを経由して ECR に接続できること、" +
				"ロールに `AmazonEC2ContainerRegistryReadOnly` があることを確認します。",
			"look-at-agent": "エージェントの状態を確認します。EKS ノードではポッドとして、" +
				"それ以外ではインスタンス上で確認します。ログは `/var/log/amzn-guardduty-agent/` にあります。",
			"install-agent":      "エージェントを手動でデプロイする場合は、関連ページに従ってインストールします。",
			"restart-agent-pods": "クラスターのノードで、エージェントを順に再起動します。",
			"restart-agent": "インスタンスで、エージェントを再起動します。Bottlerocket では、" +
				"代わりにインスタンスを再起動します。",
			"include-instance": "インスタンスをカバーする場合は、除外タグを削除します。元に戻すには、" +
				"タグを付け直します。",
			"look-at-kernel": "インスタンスでカーネルのバージョンを確認し、サポート対象と比較します。",
			"upgrade-kernel": "カーネルを更新するか、より新しいイメージに移行します。EKS ノードの場合は、" +
				"ノードを入れ替えます。",
			"downgrade-kernel": "エージェントがこのカーネルに対応するまで、サポート対象のカーネルで起動するか、" +
				"それを含むイメージを使用します。EKS ノードの場合は、ノードを入れ替えます。",
			"restart-instance": "メンテナンス可能な時間帯に、インスタンスを再起動します。",
			"look-at-metadata-options": "`HttpEndpoint` が `enabled` であることを確認します。" +
				"ハイブリッドノードなど、EC2 以外のマシンは対象外です。",
			"enable-metadata-service": "`disabled` の場合は、インスタンスメタデータサービスを有効にします。" +
				"元に戻すには、`--http-endpoint disabled` を使用します。",
			"fetch-identity-document": "インスタンスでアイデンティティドキュメントを取得します。" +
				"結果は JSON である必要があります。",
			"delete-association": "GuardDuty の古い関連付けを、" +
				"`aws ssm delete-association` で ID を指定して削除します。" +
				"チーム独自の関連付けでないことを確認してください。",
			"count-associations": "関連付けを一覧表示します。最終実行日時の古い順に並びます。",
			"look-at-quota":      "関連付けのクォータを確認します。",
			"delete-unused-associations": "不要な関連付けを、" +
				"`aws ssm delete-association` で ID を指定して削除します。" +
				"元に戻すことはできません。",
			"or-raise-quota":        "または、クォータの引き上げをリクエストします。その後、GuardDuty が再試行します。",
			"accept-deletion":       "意図して関連付けを削除した場合、対処は不要です。",
			"compare-prerequisites": "インスタンスのオペレーティングシステムをサポート対象と比較します。",
			"look-at-package": "Debian と Ubuntu では、" +
				"パッケージがインストール途中 (`iF`) になっていないかをインスタンスで確認します。" +
				"インストール中の再起動が原因です。",
			"finish-package": "該当する場合は、インスタンスでインストールを完了します。",
			"run-association-again": "原因を取り除いた後、" +
				"最初の手順で表示された ID を指定して関連付けを再び実行します: `aws ssm start-associations-once --association-ids ID` を実行します。" +
				"対象のすべてのインスタンスで実行されます。",
			"look-at-instance-role": "インスタンスのロールを確認します。" +
				"`AmazonEC2ContainerRegistryReadOnly` が必要です。`null` の場合、ロールがありません。",
			"allow-instance-to-pull": "インスタンスに、その権限と ECR への経路を追加します。",

			// what the diagnosis found
			"wait-for-cluster": "クラスターが `ACTIVE` でない理由を確認します。`ACTIVE` になると、" +
				"GuardDuty がカバーします。",
			"include-eks-cluster": "クラスターをカバーする場合は、除外タグを削除します。元に戻すには、" +
				"タグを付け直します。",
			"update-addon": "アドオンを、クラスターで使用できる最新のバージョンに更新します。" +
				"GuardDuty が管理するアドオンは、GuardDuty が更新します。",
			"wait-for-node": "実行中のノードがない間、対処は不要です。次のノードが起動すると、" +
				"エージェントも自動的に実行されます。起動しているはずのノードがある場合は、" +
				"その理由を確認します。",
			"leave-fargate": "Runtime Monitoring は EKS on Fargate をカバーしません。" +
				"クラスターを今後も Fargate のみで使用する場合は、除外すると、この通知を止められます。" +
				"元に戻すには、タグを削除します。",
			"wait-for-endpoint": "GuardDuty が再試行の際にエンドポイントを作成します。作成されない場合は、" +
				"クォータ、サブネットの空き IP アドレス、SCP を確認します。",
			"create-endpoint": "関連ページに従い、AWS のポリシーと、" +
				"VPC からのポート 443 を許可するセキュリティグループを指定して、エンドポイントを作成します。" +
				"GovCloud では、サービス名の末尾が `guardduty-data-fips` になります。",
			"see-why-endpoint-is-not-available": "エンドポイントを利用できない理由を確認します。" +
				"`pending` の場合は、数分待ちます。",
			"delete-endpoint": "失敗または拒否されたエンドポイントは、作成し直すために削除します。",
			"enable-private-dns": "エンドポイントのプライベート DNS を有効にします。元に戻すには、" +
				"`--no-private-dns-enabled` を使用します。",
			"let-in-https": "VPC からのポート 443 を許可します。元に戻すには、" +
				"`revoke-security-group-ingress` を使用します。",
			"leave-windows": "Runtime Monitoring は Windows をカバーしません。インスタンスを除外すると、" +
				"この通知を止められます。元に戻すには、タグを削除します。",
			"restart-ssm-agent": "インスタンスで SSM Agent を再起動し、" +
				"Systems Manager に接続できることを確認します。",
			"look-at-instance-profile": "インスタンスのロールを確認します。結果が空の場合、ロールがありません。",
			"register-in-ssm": "インスタンスを Systems Manager の管理対象にします。SSM Agent、" +
				"`AmazonSSMManagedInstanceCore` を持つロール、ネットワーク経路が必要です。",
			"see-why-nothing-runs": "実行中のタスクがない理由を確認します。意図したものであれば、対処は不要です。",
			"accept-missing-service": "意図してサービスを削除した場合、対処は不要です。" +
				"現在あるサービスを一覧表示します。",
		},
		Reaches: map[catalog.Reach]string{
			catalog.WholeCluster: "クラスター全体に影響します。",
			catalog.WholeVPC:     "VPC 全体に影響します。",
			catalog.WholeAccount: "アカウントのこのリージョンにあるすべてのリソースに影響します。",
		},
		Credentials: map[catalog.Side]string{
			catalog.OwnSide: "アカウント {account} の認証情報を使用します (`aws sts get-caller-identity` で確認できます)。",
			catalog.AdministratorSide: "リソースはメンバーアカウント {account} にあります。そのアカウントの認証情報を使用します " +
				"(`aws sts get-caller-identity` で確認できます)。`aws guardduty` には委任 GuardDuty 管理者アカウントの認証情報を使用します。",
			catalog.AnySide: "アカウント {account} の認証情報を使用します (`aws sts get-caller-identity` で確認できます)。" +
				"メンバーアカウントの場合、`aws guardduty` には委任 GuardDuty 管理者アカウントの認証情報を使用します。",
		},
		Lacks: map[catalog.Lack]string{
			catalog.LacksRegion:    "イベントに有効なリージョンがないため、コマンドはありません。",
			catalog.LacksPartition: "リージョンが Runtime Monitoring の提供が確認されていないパーティションにあるため、コマンドはありません。",
			catalog.LacksAccount:   "イベントに有効なアカウントがないため、コマンドはありません。",
			catalog.LacksName:      "イベントに有効なリソース名がないため、コマンドはありません。",
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
			catalog.CreateEndpointPage:     "VPC エンドポイントの手動作成",
			catalog.PullRunbookPage:        "ランブック AWSSupport-TroubleshootECSTaskFailedToStart",
			catalog.ManualAgentPage:        "エージェントの手動デプロイ",
			catalog.BottlerocketPage:       "ECS の Bottlerocket のカバレッジの問題",
		},
	}
}
