#include "commands/sed/runner.h"

#include <cstring>
#include <utility>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/capture.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/sed/debug.h"

namespace nacre {

SedRunner::SedRunner(Process& p, SedScript& script, const SedSettings& settings) : p_(p), s_(script), o_(settings) {
  stdout_.out = std::make_unique<Output>(p, 1, 4);
  stdout_.out->set_line_buffered(settings.unbuffered || p.isatty(1));
  spans_.resize(10);
}

// ---- addresses

bool SedRunner::matches(const std::shared_ptr<Regex>& re) {
  if (re) last_regex_ = re;
  if (!last_regex_) {
    main_sink().out->flush();
    p_.warn("%sno previous regular expression", s_.end.c_str());
    p_.exit(1);
  }
  return last_regex_->matches(space_);
}

bool SedRunner::address_matches(const SedAddress& a) {
  switch (a.kind) {
    case SedAddress::None: return true;
    case SedAddress::Line: return line_ == a.n;
    case SedAddress::Last: return is_last();
    case SedAddress::Pattern: return matches(a.regex);
    case SedAddress::Step: return a.step == 0 ? line_ == a.n : line_ >= a.n && (line_ - a.n) % a.step == 0;
    default: return false;
  }
}

// A range that begins at a line number begins at the first line seen from there on, once; one that ends a number
// of lines later has a line that it is left at, even when that lies behind its end (n and N pass over lines).
bool SedRunner::in_range(SedCommand& c) {
  const bool at_line = c.first.kind == SedAddress::Line;
  if (!c.active) {
    if (at_line ? c.closed || line_ < c.first.n : !address_matches(c.first)) return false;
    c.closed = at_line;
    switch (c.second.kind) {
      case SedAddress::Line:
        if (c.second.n <= line_) return c.second.n == line_ || !at_line || line_ == c.first.n;
        c.end_line = c.second.n;
        break;
      case SedAddress::Plus:
        if (c.second.n == 0) return true;
        c.end_line = line_ + c.second.n;
        break;
      case SedAddress::Multiple:
        if (c.second.n == 0) return true;
        c.end_line = (line_ / c.second.n + 1) * c.second.n;
        break;
      case SedAddress::Step:
      case SedAddress::Last:
        if (address_matches(c.second)) return true;
        break;
      default: break;
    }
    c.active = true;
    return true;
  }
  switch (c.second.kind) {
    case SedAddress::Line:
      if (line_ >= c.end_line) c.active = false;
      return line_ <= c.end_line;
    case SedAddress::Plus:
    case SedAddress::Multiple:
      if (line_ >= c.end_line) c.active = false;
      return true;
    default:
      if (address_matches(c.second)) c.active = false;
      return true;
  }
}

bool SedRunner::selected(SedCommand& c) {
  if (c.first.kind == SedAddress::None) return !c.negate;
  bool hit = c.second.kind == SedAddress::None ? address_matches(c.first) : in_range(c);
  return hit != c.negate;
}

// ---- s

void SedRunner::expand(const SedReplacement& r, const std::vector<RegexSpan>& m, std::string& out) {
  if (!r.changes_case) {
    for (const auto& part : r.parts) {
      if (part.group < 0) out += part.text;
      else if (m[static_cast<size_t>(part.group)].matched())
        out.append(space_, m[static_cast<size_t>(part.group)].begin, m[static_cast<size_t>(part.group)].size());
    }
    return;
  }
  SedReplacement::Case mode = SedReplacement::Keep, next = SedReplacement::Keep;
  for (const auto& part : r.parts) {
    if (part.change == SedReplacement::UpperNext || part.change == SedReplacement::LowerNext) {
      next = part.change;
      continue;
    }
    if (part.change != SedReplacement::Keep) {
      mode = part.change == SedReplacement::End ? SedReplacement::Keep : part.change;
      next = SedReplacement::Keep;
      continue;
    }
    std::string text = part.text;
    if (part.group >= 0) {
      const RegexSpan& g = m[static_cast<size_t>(part.group)];
      text = g.matched() ? space_.substr(g.begin, g.size()) : "";
    }
    if (text.empty()) continue;
    if (mode == SedReplacement::Upper) text = upper(text, o_.utf8);
    if (mode == SedReplacement::Lower) text = lower(text, o_.utf8);
    if (next != SedReplacement::Keep) {
      size_t n = o_.utf8 ? utf8::decode(text).length : 1;
      std::string head = text.substr(0, n);
      text = (next == SedReplacement::UpperNext ? upper(head, o_.utf8) : lower(head, o_.utf8)) + text.substr(n);
      next = SedReplacement::Keep;
    }
    out += text;
  }
}

bool SedRunner::substitute(SedCommand& c) {
  if (c.regex) last_regex_ = c.regex;
  if (!last_regex_) {
    main_sink().out->flush();
    p_.warn("%sno previous regular expression", s_.end.c_str());
    p_.exit(1);
  }
  const Regex& re = *last_regex_;
  size_t need = c.replacement.parts.empty() ? 1 : 10;
  bool groups = false;
  for (const auto& part : c.replacement.parts) groups = groups || part.group > 0;
  if (!groups) need = 1;
  if (o_.debug) spans_.assign(need = std::max<size_t>(10, static_cast<size_t>(re.groups()) + 1), {});
  std::span<RegexSpan> wanted(spans_.data(), need);
  if (!re.match(space_, 0, wanted)) return false;
  if (o_.debug) trace_registers();
  // What only takes away from an end of the text leaves it in its place.
  const bool cuts = c.replacement.parts.empty() && c.occurrence == 1 && ((spans_[0].begin == 0 && !c.global) || spans_[0].end == space_.size());
  if (!cuts) scratch_terminated_ = terminated_;
  scratch_.clear();
  size_t at = 0;
  uint64_t count = 0;
  bool done = false;
  size_t last_end = RegexSpan::npos;
  do {
    RegexSpan m = spans_[0];
    scratch_.append(space_, at, m.begin - at);
    bool stale = m.size() == 0 && m.begin == last_end;   // an empty match right behind a match
    if (!stale) {
      count++;
      if (count >= c.occurrence) {
        expand(c.replacement, spans_, scratch_);
        done = true;
      } else {
        scratch_.append(space_, m.begin, m.size());
      }
    }
    at = m.end;
    last_end = m.end;
    if (done && !c.global) break;
    if (m.size() == 0) {
      if (at >= space_.size()) break;
      size_t n = o_.utf8 ? utf8::decode(std::string_view(space_).substr(at)).length : 1;
      scratch_.append(space_, at, n);
      at += n;
    }
    if (count % 64 == 63) p_.tick();
  } while (at <= space_.size() && re.match(space_, at, wanted));
  if (!done) return false;
  if (at < space_.size()) scratch_.append(space_, at);
  space_.swap(scratch_);
  return true;
}

void SedRunner::transliterate(const SedCommand& c) {
  std::string out;
  out.reserve(space_.size());
  for (size_t i = 0; i < space_.size();) {
    size_t n = o_.utf8 ? utf8::decode(std::string_view(space_).substr(i)).length : 1;
    std::string_view ch = std::string_view(space_).substr(i, n);
    const std::string* to = nullptr;
    for (const auto& m : c.map)
      if (m.first == ch) {
        to = &m.second;
        break;
      }
    if (to) out += *to;
    else out += ch;
    i += n;
  }
  space_ = std::move(out);
}

void SedRunner::list(int64_t width) {
  std::string line, out;
  for (char ch : space_) {
    unsigned char c = static_cast<unsigned char>(ch);
    std::string piece;
    constexpr std::string_view from = "\\\a\b\f\n\r\t\v", to = "\\abfnrtv";
    size_t k = from.find(ch);
    if (k != std::string_view::npos && ch) {
      piece = std::string("\\") + to[k];
    } else if (c < ' ' || c >= 0x7f) {
      char text[8];
      std::snprintf(text, sizeof text, "\\%03o", c);
      piece = text;
    } else {
      piece = std::string(1, ch);
    }
    if (width > 0 && static_cast<int64_t>(line.size() + piece.size()) > width - 1) {
      out += line + "\\" + o_.delimiter;
      line.clear();
    }
    line += piece;
  }
  write_text(main_sink(), out + line + "$" + o_.delimiter);
}

std::string SedRunner::evaluate(const std::string& command) {
  main_sink().out->flush();
  return capture_command(p_, command);
}

// ---- the cycle

void SedRunner::next_into_space(SedCommand& c, Flow& flow) {
  if (is_last()) {
    // No next line, in this file where they are separate: n prints, N leaves that to the end of the cycle but in POSIX.
    if (c.name == 'n' && !o_.quiet) write_line(main_sink(), space_, terminated_);
    flow = c.name == 'n' || o_.posix ? Flow::EndCycle : Flow::EndScript;
    return;
  }
  if (c.name == 'n') {
    end_cycle(true);
    space_.clear();
  } else {
    if (!appended_.empty()) end_cycle(false);
    space_ += o_.delimiter;
  }
  if (!read_line(space_)) flow = Flow::QuitSilently;
}

SedRunner::Flow SedRunner::step(SedCommand& c, size_t& next) {
  Flow flow = Flow::Next;
  switch (c.name) {
    case '{': break;
    case '=': write_text(main_sink(), std::to_string(line_) + o_.delimiter); break;
    case 'a': appended_.push_back({'a', c.text}); break;
    case 'b': next = c.target; break;
    case 'c':
      if (c.second.kind == SedAddress::None || c.negate || !c.active) write_given(c.text);
      return Flow::EndCycle;
    case 'd': return Flow::EndCycle;
    case 'D': {
      size_t nl = space_.find(o_.delimiter);
      if (nl == std::string::npos) return Flow::Discard;
      space_.erase(0, nl + 1);
      return Flow::Restart;
    }
    case 'e':
      if (c.text.empty()) {
        space_ = evaluate(space_);
        if (!space_.empty() && space_.back() == o_.delimiter) space_.pop_back();
        std::swap(terminated_, scratch_terminated_);   // it takes the place of the text that was replaced last
      } else {
        write_text(main_sink(), evaluate(c.text));
        c.executed = true;
      }
      break;
    case 'F': write_text(main_sink(), in_name_ + o_.delimiter); break;
    case 'g':
      space_ = hold_;
      terminated_ = hold_terminated_;
      break;
    case 'G':
      space_ += o_.delimiter;
      space_ += hold_;
      terminated_ = hold_terminated_;
      break;
    case 'h':
      hold_ = space_;
      hold_terminated_ = terminated_;
      break;
    case 'H':
      hold_ += o_.delimiter;
      hold_ += space_;
      hold_terminated_ = terminated_;
      break;
    case 'i': write_given(c.text); break;
    case 'l': list(c.number >= 0 ? c.number : o_.line_length); break;
    case 'n':
    case 'N': next_into_space(c, flow); break;
    case 'p': write_line(main_sink(), space_, terminated_); break;
    case 'P': write_first(main_sink()); break;
    case 'q': exit_ = c.number >= 0 ? static_cast<int>(c.number) : 0; return Flow::Quit;
    case 'Q': exit_ = c.number >= 0 ? static_cast<int>(c.number) : 0; return Flow::QuitSilently;
    case 'r': appended_.push_back({'r', c.text}); break;
    case 'R': queue_line_of(c.text); break;
    case 's':
      if (!substitute(c)) break;
      replaced_ = true;
      if (c.evaluate) {
        space_ = evaluate(space_);
        if (!space_.empty() && space_.back() == o_.delimiter) space_.pop_back();
        std::swap(terminated_, scratch_terminated_);
      }
      if (c.print) write_line(main_sink(), space_, terminated_);
      if (c.file >= 0) write_line(*sinks_[static_cast<size_t>(c.file)], space_, terminated_);
      break;
    case 't':
      if (std::exchange(replaced_, false)) next = c.target;
      break;
    case 'T':
      if (!std::exchange(replaced_, false)) next = c.target;
      break;
    case 'w': write_line(*sinks_[static_cast<size_t>(c.file)], space_, terminated_); break;
    case 'W': write_first(*sinks_[static_cast<size_t>(c.file)]); break;
    case 'x':
      space_.swap(hold_);
      std::swap(terminated_, hold_terminated_);
      break;
    case 'y': transliterate(c); break;
    case 'z': space_.clear(); break;
    default: break;
  }
  return flow;
}

SedRunner::Flow SedRunner::execute() {
  size_t n = s_.commands.size();
  for (size_t i = 0; i < n;) {
    SedCommand& c = s_.commands[i];
    size_t next = i + 1;
    if (o_.debug) trace_command(c);
    if (!selected(c)) {
      i = c.name == '{' ? c.target : next;
      continue;
    }
    Flow flow = step(c, next);
    // Jumps and restarts repeat; what repeats may copy spaces that have grown.
    const bool repeats = next <= i || flow == Flow::Restart;
    if (repeats) work_ += 1;
    work_ += (space_.size() + hold_.size()) / 1024;
    if (work_ >= 16) p_.tick(static_cast<uint32_t>(std::exchange(work_, 0)));
    if (flow != Flow::Next) return flow;
    if (o_.debug) trace_after(c.name);
    i = next;
  }
  return Flow::EndScript;
}

// 0r FILE: before the first line.
void SedRunner::files_before_all() {
  for (const auto& c : s_.commands) {
    if (c.first.kind != SedAddress::Zero || c.second.kind != SedAddress::None) continue;
    if (!in_ && !open_next()) return;
    append_file(c.text);
  }
}

int SedRunner::run(std::vector<std::string> files) {
  files_ = std::move(files);
  if (files_.empty()) files_ = {"-"};
  for (const auto& name : s_.files) {
    own_sinks_.push_back(std::make_unique<Sink>());
    if (name == "/dev/stdout" && !o_.posix) {
      own_sinks_.back()->out = stdout_.out;
      sinks_.push_back(own_sinks_.back().get());
      continue;
    }
    auto fd = name == "/dev/stderr" ? Result<int>(2) : p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!fd) {
      p_.warn("couldn't open file %s: %s", name.c_str(), std::string(message(fd.error())).c_str());
      return 4;
    }
    own_sinks_.back()->out = std::make_unique<Output>(p_, *fd, 4);
    sinks_.push_back(own_sinks_.back().get());
  }
  if (o_.debug) trace(sed_shown_program(s_));
  files_before_all();
  Flow flow = Flow::Next;
  bool restart = false;
  while (true) {
    if (!restart) {
      space_.clear();
      if (!read_line(space_)) break;
      replaced_ = false;
      trace_input();
    }
    flow = execute();
    restart = false;
    if (flow == Flow::EndScript || flow == Flow::EndCycle) trace("END-OF-CYCLE:\n");
    if (flow == Flow::EndScript || flow == Flow::EndCycle || flow == Flow::Discard) {
      end_cycle(flow == Flow::EndScript);
    } else if (flow == Flow::Restart) {
      restart = true;   // what is to be appended waits for the next line that is read
      if (o_.debug) trace_text("PATTERN: ", space_);
    } else break;
  }
  if (flow == Flow::Quit) {
    end_cycle(true);
    write_text(main_sink(), "");   // a last line that lacks its newline gets it
  }
  if (flow == Flow::Quit || flow == Flow::QuitSilently) {
    if (in_ && in_->fd() == 0) in_->give_back();
  }
  close_current();
  stdout_.out->flush();
  for (auto& sink : own_sinks_) sink->out->flush();
  return status_ ? status_ : exit_;
}

}  // namespace nacre
