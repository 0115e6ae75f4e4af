package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what the Web API says, and in its words what the webhook says.
type answer struct {
	code     string
	messages []string
	wait     time.Duration
	channel  string
	ts       string
	text     string
}

func (s *Server) method(w http.ResponseWriter, r *http.Request) {
	op := r.PathValue("method")
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	parseErr := r.ParseForm()
	act := func() answer {
		if parseErr != nil {
			return answer{code: "invalid_form_data"}
		}
		return s.call(op, r.PostForm)
	}
	s.serve(w, r, op, act, s.writeJSON)
}

func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	raw, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	act := func() answer {
		if readErr != nil {
			return answer{code: "invalid_payload"}
		}
		return s.hooked(r.URL.Path, raw)
	}
	s.serve(w, r, "webhook", act, s.writeText)
}

// serve does what was asked, or what a fault says instead.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, op string, act func() answer, write func(http.ResponseWriter, answer)) {
	fault, faulty := s.next(op)
	if !faulty || fault.Taken {
		a := s.locked(act)
		if !faulty {
			write(w, a)
			return
		}
	}
	s.fail(w, r, fault)
}

func (s *Server) locked(act func() answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := act()
	if a.code != "" {
		s.refused[a.code]++
	}
	return a
}

// next counts the request and returns the fault that is meant for it.
func (s *Server) next(op string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[op]++
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.Op == "" || f.Op == op })
	if i < 0 {
		return Fault{}, false
	}
	fault := s.faults[i]
	s.faults = slices.Delete(s.faults, i, i+1)
	return fault, true
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		panic(http.ErrAbortHandler)
	case f.Reset:
		reset(w)
		return
	}
	maps.Copy(w.Header(), f.Header)
	body := f.Body
	if f.Cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
		body = body[:len(body)/2]
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	_, _ = io.WriteString(w, body)
	if f.Cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// reset drops the connection without as much as a goodbye.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func (s *Server) writeJSON(w http.ResponseWriter, a answer) {
	type metadata struct {
		Messages []string `json:"messages,omitempty"`
	}
	body := struct {
		OK       bool      `json:"ok"`
		Error    string    `json:"error,omitempty"`
		Channel  string    `json:"channel,omitempty"`
		TS       string    `json:"ts,omitempty"`
		Text     string    `json:"text,omitempty"`
		Metadata *metadata `json:"response_metadata,omitempty"`
	}{OK: a.code == "", Error: a.code, Channel: a.channel, TS: a.ts, Text: a.text}
	if len(a.messages) > 0 {
		body.Metadata = &metadata{a.messages}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if a.wait > 0 {
		s.tooMany(w, a.wait)
	}
	_ = json.NewEncoder(w).Encode(body)
}

// webhookStatus is the HTTP status of each refusal
// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors).
func webhookStatus(code string) int {
	switch code {
	case "":
		return http.StatusOK
	case "invalid_token", "action_prohibited":
		return http.StatusForbidden
	case "no_service", "no_team", "channel_not_found":
		return http.StatusNotFound
	case "channel_is_archived":
		return http.StatusGone
	}
	return http.StatusBadRequest
}

func (s *Server) writeText(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "text/html")
	body := a.code
	switch {
	case a.wait > 0:
		s.tooMany(w, a.wait)
	case body == "":
		body = "ok"
	default:
		w.WriteHeader(webhookStatus(a.code))
	}
	_, _ = io.WriteString(w, body)
}

func (s *Server) tooMany(w http.ResponseWriter, wait time.Duration) {
	if !s.options.NoRetryAfter {
		seconds := (wait + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	w.WriteHeader(http.StatusTooManyRequests)
}

// call is one call of the Web API.
func (s *Server) call(op string, form url.Values) answer {
	token := form.Get("token")
	switch {
	case token == "":
		return answer{code: "not_authed"}
	case token != s.token:
		if code := s.revoked[token]; code != "" {
			return answer{code: code}
		}
		return answer{code: "invalid_auth"}
	case op == "auth.test":
		return answer{}
	case op != "chat.postMessage" && op != "chat.update":
		return answer{code: "unknown_method"}
	case !s.hasChannel(form.Get("channel")):
		return answer{code: "channel_not_found"}
	case op == "chat.update":
		return s.update(form)
	}
	channel, threadTS := form.Get("channel"), form.Get("thread_ts")
	if threadTS != "" && s.find(channel, threadTS) < 0 {
		return answer{code: "thread_not_found"}
	}
	return s.post(Message{
		Channel:   channel,
		ThreadTS:  threadTS,
		Broadcast: form.Get("reply_broadcast") == "true",
		Text:      form.Get("text"),
		Blocks:    json.RawMessage(form.Get("blocks")),
		Unfurls:   form.Get("unfurl_links") != "false" || form.Get("unfurl_media") != "false",
		Parses:    form.Get("parse") != "none",
	})
}

// hooked is one request to the webhook.
func (s *Server) hooked(path string, raw []byte) answer {
	if path != s.hook {
		return answer{code: "no_service"}
	}
	var payload struct {
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks"`
		Parse       string          `json:"parse"`
		UnfurlLinks *bool           `json:"unfurl_links"`
		UnfurlMedia *bool           `json:"unfurl_media"`
	}
	if err := json.Unmarshal(raw, &payload); err != nil {
		return answer{code: "invalid_payload"}
	}
	forbidden := func(b *bool) bool { return b != nil && !*b }
	a := s.post(Message{
		Channel: s.options.Channel,
		Text:    payload.Text,
		Blocks:  payload.Blocks,
		Unfurls: !forbidden(payload.UnfurlLinks) || !forbidden(payload.UnfurlMedia),
		Parses:  payload.Parse != "none",
		Webhook: true,
	})
	if a.wait > 0 {
		a.code = "rate_limited"
	}
	return a
}

func (s *Server) post(m Message) answer {
	if refusal := s.options.refuseBlocks(m.Blocks); refusal != nil {
		return answer{code: refusal.Code, messages: refusal.Messages}
	}
	if refusal := Check(m.Text, m.Blocks); refusal != nil {
		return s.refuse(refusal)
	}
	now := s.options.Now()
	if s.options.Burst > 0 {
		if wait := s.posts.take(now); wait > 0 {
			return answer{code: "ratelimited", wait: wait}
		}
	}
	s.serial++
	m.posted = now
	m.TS = fmt.Sprintf("%d.%06d", now.Unix(), s.serial)
	s.messages = append(s.messages, m)
	return answer{channel: m.Channel, ts: m.TS, text: m.Text}
}

func (s *Server) update(form url.Values) answer {
	text, blocks := form.Get("text"), json.RawMessage(form.Get("blocks"))
	if refusal := s.options.refuseBlocks(blocks); refusal != nil {
		return answer{code: refusal.Code, messages: refusal.Messages}
	}
	if refusal := checkUpdate(text, blocks); refusal != nil {
		return s.refuse(refusal)
	}
	now := s.options.Now()
	if s.options.Burst > 0 {
		if wait := s.updates.take(now); wait > 0 {
			return answer{code: "ratelimited", wait: wait}
		}
	}
	i := s.find(form.Get("channel"), form.Get("ts"))
	switch {
	case i < 0:
		return answer{code: "message_not_found"}
	case s.messages[i].Webhook:
		return answer{code: "cant_update_message"}
	case s.options.EditWindow > 0 && now.Sub(s.messages[i].posted) > s.options.EditWindow:
		return answer{code: "edit_window_closed"}
	}
	m := &s.messages[i]
	if text != m.Text || len(blocks) > 0 && !bytes.Equal(blocks, m.Blocks) {
		s.changed[m.TS] = append(s.changed[m.TS], now)
	}
	m.Text, m.Parses = text, form.Get("parse") != "none"
	switch {
	case isEmptyList(blocks):
		m.Blocks = nil
	case len(blocks) > 0:
		m.Blocks = blocks
	}
	m.Edits++
	return answer{channel: m.Channel, ts: m.TS, text: text}
}

func (s *Server) refuse(r *Refusal) answer {
	s.broken = append(s.broken, strings.TrimSpace(r.Code+" "+strings.Join(r.Messages, "; ")))
	return answer{code: r.Code, messages: r.Messages}
}

func (s *Server) find(channel, ts string) int {
	return slices.IndexFunc(s.messages, func(m Message) bool { return m.Channel == channel && m.TS == ts })
}

func (s *Server) hasChannel(id string) bool {
	return id == s.options.Channel || slices.Contains(s.options.Others, id)
}
