package main

var japanese = words{
	Usage: `replay は、カバレッジのイベントを、Lambda 関数が送るメッセージとして表示します。
AWS アカウントは不要で、何も送信しません。-report と -diagnose だけは AWS に
問い合わせます。

  replay [フラグ] ファイル ...            イベントを順に、1 つの履歴として表示
  replay -issue 種類 [フラグ] "テキスト"  コンソールからコピーした問題を説明
  replay -catalog [フラグ]                カタログにある問題を一覧表示
  replay -routes ルール [フラグ] ファイル ...
                                          イベントの送信先と、その根拠のルール
                                          を表示
  replay -report [フラグ]                 GuardDuty の現在のカバレッジを、
                                          ご自身の AWS 認証情報で報告
  replay -report -file ファイル [フラグ]  保存した aws guardduty list-coverage
                                          の応答から報告

ファイルは、イベントまたはイベントを含むもの (SQS のバッチ、SNS の通知、失敗した
呼び出しの記録) です。フォルダーはその中の *.json を、- は標準入力を表します。
種類は EKS、ECS、EC2 のいずれかです。

  -format 形式     text: 人が読むためのテキスト (デフォルト)
                   json: プログラム用 (docs/message.schema.json を参照)。
                   言語によらず同じ内容
                   slack: Slack に送信する内容
                   builder: Slack の Block Kit Builder で開くリンク
  -send            環境変数で指定した宛先にも送信。保留はせず、
                   次回の実行には何も引き継がない
  -diagnose        カバレッジのない各リソースを、ご自身の AWS 認証情報で今すぐ
                   確認 (読み取りのみ)。-issue との併用時は -name、-account、
                   -region も必要
  -lang 言語       {languages} (デフォルト: MESSAGE_LANGUAGE、なければ en)
  -color 条件      auto: 端末で、NO_COLOR が未設定の場合 (デフォルト)、
                   always: 常に、never: なし
  -name、-account、-region
                   -issue と併用: プレースホルダーの代わりに使うリソース
  -routes ルール   ルールのファイル (docs/routing.md を参照)。default は、
                   ルールがないときに適用されるもの。形式は text または json
  -region リージョン
                   -report と併用: 対象のリージョン。複数回指定可
                   (デフォルト: AWS の設定にあるリージョン)。
                   -file と併用: リソースのあるリージョン

終了ステータス: 0 正常、1 失敗あり、2 使い方の誤り、3 カタログにない問題あり
`,
	TryHelp: "使い方は replay -h で表示できます。",

	StandardInput: "標準入力",
	Event:         "{name}、イベント {n}",

	Duplicate:     "再通知なし: このリソースについて最後に通知した内容と同じです。",
	Stale:         "通知なし: このリソースについて、より新しい状態がわかっています。",
	SentTo:        "送信先: {sinks}",
	SentToNobody:  "どこにも送信していません (ルールによる)。",
	MadeUp:        "リソースは架空のものです。-name、-account、-region で指定できます。",
	NoRegionSaved: "保存済みの応答からはリージョンがわかりません。コマンドとリンクのために、-region で指定してください。",

	Between: "、",
	Or:      " または ",

	OneEvent:    "イベント 1 件: {parts}",
	Events:      "イベント {n} 件: {parts}",
	Told:        "通知 {n} 件",
	ToldAlready: "通知済み {n} 件",
	OutOfDate:   "古い内容 {n} 件",
	NotCoverage: "カバレッジのイベント以外 {n} 件",
	NotHandled:  "失敗 {n} 件",
	Unknown:     "{tally} (うちカタログにない問題 {n} 件)",

	AnyKind:  "すべて",
	Heals:    "通常は自然に回復",
	Hopeless: "できる対処なし",
	Remarked: "{title} ({remarks})",
	Listed:   "問題 {n} 件。例: replay -issue EKS \"Addon Creation Failed\"",

	Reading:   "{n} 件のリソースを読み取り中",
	ReadingOf: "{total} 件中 {n} 件のリソースを読み取り中",

	RoutesHead: "イベント\tリソース\t変化\t送信先\tルール",
	Nobody:     "送信なし",
	ToIn:       "{sink} ({language})",
	OfCluster:  "{resource} ({cluster})",
	AndMore:    "{first} ほか {n} 件",

	BadFlags:               "コマンドラインを解釈できません: {reason}",
	BadFormat:              "-format には text、json、slack、builder のいずれかを指定してください ({value} は使用できません)",
	BadLanguage:            "言語には {languages} を指定してください ({value} は使用できません)",
	BadColour:              "-color には auto、always、never のいずれかを指定してください ({value} は使用できません)",
	BadKind:                "-issue には EKS、ECS、EC2 のいずれかを指定してください ({value} は使用できません)",
	ReportAlone:            "-report と併用できるのは -region、-file、-format、-lang、-color です",
	ReportTakesNoEvent:     "-report にイベントは指定できません。保存済みの応答は -file で指定してください",
	FileIsForReport:        "-file は -report に使う保存済みの応答を指定するものです",
	FileOfOneRegion:        "保存済みの応答は 1 つのリージョンのものです。-region は 1 回だけ指定してください",
	IssueOfOneRegion:       "-issue の対象は 1 つのリージョンです。-region は 1 回だけ指定してください",
	CatalogueAlone:         "-catalog と併用できるのは -format と -lang だけです",
	CatalogueFormat:        "-catalog の表示形式は text か json です",
	IssueIsNotSent:         "-issue は説明のためのもので、送信できるイベントはありません",
	RoutesAlone:            "-routes はイベントの送信先を表示します。併用できるのは -format、-lang、ファイルです",
	RoutesFormat:           "-routes の形式は text または json です",
	RoutesNeedsFile:        "-routes にはルールのファイル、または default を指定してください",
	DiagnosisNeedsResource: "-diagnose は実在するリソースを確認します。-issue との併用時は -name、-account、-region でリソースを指定してください",
	IssueNeedsText:         `-issue には問題のテキストを引用符で囲んで指定してください。AWS がテキストを示していない場合は "" を指定します`,
	ResourceIsForIssue:     "-name、-account、-region は -issue と併用してください",
	NothingNamed:           "イベントがありません。ファイル、または標準入力を表す - を指定してください",

	NoRegion: "リージョンがありません。-region で指定するか、AWS_REGION を設定してください",
	NoCredentials: "AWS の認証情報がありません。aws sso login か aws configure でサインインするか、AWS_PROFILE を設定してください。" +
		"-file で保存済みの応答を使う場合は不要です",
	EmptyFolder: "{folder} に *.json がありません",
	TooLarge:    "{n} MiB を超えています",
}
