#include "shell/history.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "shell/shell.h"

namespace nacre {

void History::add(const std::string& line, int64_t time) {
  lines.push_back(line);
  times.push_back(time);
}

void History::remove(size_t first, size_t count) {
  if (first >= lines.size()) return;
  auto cut = [&](auto& list) {
    list.erase(list.begin() + static_cast<ptrdiff_t>(first), list.begin() + static_cast<ptrdiff_t>(std::min(first + count, list.size())));
  };
  cut(lines);
  cut(times);
}

void History::take_back(size_t first, size_t count) {
  remove(first, count);
  unsaved -= std::min(unsaved, count);
}

void History::stifle(size_t most) {
  if (lines.size() <= most) return;
  size_t extra = lines.size() - most;
  remove(0, extra);
  base += extra;
}

namespace {

/// HISTSIZE; none: no bound.
std::optional<size_t> history_size(Shell& sh) {
  const std::string* text = sh.expander().value_of(sym::kHISTSIZE);
  int64_t n = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), n).ptr != text->data() + text->size() || text->empty() || n < 0) return std::nullopt;
  return static_cast<size_t>(n);
}

bool ignored(Shell& sh, const std::string& line) {
  const std::string* list = sh.expander().value_of(sym::kHISTIGNORE);
  if (!list) return false;
  const std::vector<std::string>& lines = sh.history().lines;
  for (size_t at = 0; at <= list->size();) {
    size_t end = at;
    std::string pattern;
    for (; end < list->size() && (*list)[end] != ':'; end++) {
      char c = (*list)[end];
      if (c == '\\' && end + 1 < list->size()) {
        pattern += c;
        pattern += (*list)[++end];
      } else if (c == '&') {
        // The entry before; its characters stand for themselves.
        for (char x : lines.empty() ? std::string() : lines.back()) {
          pattern += '\\';
          pattern += x;
        }
      } else {
        pattern += c;
      }
    }
    if (!pattern.empty() && sh.expander().matches(pattern, line)) return true;
    at = end + 1;
  }
  return false;
}

/// What joins the next line of a command to those before it: bash keeps a command on one line.
std::string_view joint(std::string& before, const std::string& next) {
  size_t end = before.find_last_not_of(" \t");
  if (end == before.npos || before[end] == '\n') return "";
  size_t slashes = 0;
  while (slashes <= end && before[end - slashes] == '\\') slashes++;
  if (slashes % 2) {
    before.resize(end);
    return "";
  }
  if (before[before.find_last_of('\n') == before.npos ? 0 : before.find_last_of('\n') + 1] == '#') return "\n";
  char last = before[end];
  if (last == ')') {
    // A function's name or a pattern of case, but not the end of a group.
    return std::count(before.begin(), before.end(), ')') > std::count(before.begin(), before.end(), '(') || (end > 0 && before[end - 1] == '(') ? " " : "; ";
  }
  if (std::string_view("{(;&|").find(last) != std::string_view::npos) return " ";
  size_t word = before.find_last_of(" \t;\n", end);
  std::string_view text = std::string_view(before).substr(word == before.npos ? 0 : word + 1, end - (word == before.npos ? 0 : word + 1) + 1);
  for (std::string_view w : {"do", "else", "if", "then", "until", "while", "in", "case"})
    if (text == w) return " ";
  size_t start = next.find_first_not_of(" \t");
  if (start != next.npos && next.compare(start, 2, "in") == 0 && (start + 2 >= next.size() || next[start + 2] == ' ' || next[start + 2] == '\n')) return " ";
  return "; ";
}

}  // namespace

bool remember_command(Shell& sh, const std::string& line) {
  History& history = sh.writable_history();
  const std::string* control = sh.expander().value_of(sym::kHISTCONTROL);
  const std::string words = ":" + (control ? *control : "") + ":";
  auto says = [&](const char* word) { return words.find(std::string(":") + word + ":") != words.npos; };
  const bool both = says("ignoreboth");
  if ((both || says("ignorespace")) && !line.empty() && line[0] == ' ') return false;
  if ((both || says("ignoredups")) && !history.lines.empty() && history.lines.back() == line) return false;
  if (ignored(sh, line)) return false;
  if (says("erasedups")) {
    for (size_t i = history.lines.size(); i-- > 0;) {
      if (history.lines[i] == line) history.remove(i, 1);
    }
  }
  history.add(line, sh.process().now().sec);
  history.unsaved++;
  if (auto most = history_size(sh)) history.stifle(*most);
  return true;
}

Errno read_history(Shell& sh, const std::string& path, bool only_new) {
  Process& p = sh.process();
  auto fd = p.open(path, kOpenRead);
  if (!fd) return fd.error();
  std::string text;
  std::vector<char> block(65536);
  while (true) {
    auto n = p.read(*fd, block);
    if (!n || *n == 0) break;
    text.append(block.data(), *n);
    p.check_memory(text.size());
  }
  (void)p.close(*fd);
  History& history = sh.writable_history();
  auto most = history_size(sh);
  size_t line = 0;
  for (size_t at = 0; at < text.size(); line++) {
    size_t end = std::min(text.find('\n', at), text.size());
    if (!only_new || line >= history.read) history.add(text.substr(at, end - at), p.now().sec);
    at = end + 1;
  }
  if (most) history.stifle(*most);
  // What another session wrote counts as entered here.
  if (only_new) history.unsaved += line - std::min(line, history.read);
  history.read = line;
  return Errno::OK;
}

Errno write_history(Shell& sh, const std::string& path, bool append) {
  Process& p = sh.process();
  History& history = sh.writable_history();
  if (append && history.unsaved == 0) return Errno::OK;
  auto fd = p.open(path, kOpenWrite | kOpenCreate | (append ? kOpenAppend : kOpenTruncate), 0600);
  if (!fd) return fd.error();
  size_t first = append ? history.lines.size() - std::min(history.unsaved, history.lines.size()) : 0;
  std::string text;
  for (size_t i = first; i < history.lines.size(); i++) text += history.lines[i] + "\n";
  auto r = p.write(*fd, text);
  (void)p.close(*fd);
  if (append) {
    history.read += history.unsaved;
    history.unsaved = 0;
  }
  return r ? Errno::OK : r.error();
}

void start_history(Shell& sh) {
  Variable& size = sh.vars().writable(sym::kHISTSIZE);
  if (!size.is_set()) size.set_text(std::string_view("500"));
  const std::string* file = sh.expander().value_of(sym::kHISTFILE);
  if (file && !file->empty() && sh.history().lines.empty()) (void)read_history(sh, *file, false);
}

bool Shell::forget_line() {
  History& list = writable_history();
  if (line_remembered_ && list.lines.empty()) return false;
  if (line_remembered_) list.take_back(list.lines.size() - 1, 1);
  line_remembered_ = false;
  return true;
}

bool HistoryLines::wanted() const { return sh_.options()[Option::History]; }

/// False: the line goes.
bool HistoryLines::expand(std::string& line) {
  if (!sh_.options()[Option::HistExpand]) return true;
  History& history = sh_.writable_history();
  const std::string* chars = sh_.expander().value_of(sym::khistchars);
  history.expander.set_chars(chars ? *chars : "!^#");
  std::string out;
  auto outcome = history.expander.expand(line, history.lines, history.base, sh_.options()[Option::ExtGlob], &out);
  if (outcome == HistoryExpander::Outcome::Unchanged) return true;
  if (outcome == HistoryExpander::Outcome::Error) {
    sh_.set_line(parser_.line());
    sh_.error(out);
    return false;
  }
  (void)sh_.process().write(2, out + "\n");
  if (outcome == HistoryExpander::Outcome::Print) {
    (void)remember_command(sh_, out);
    return false;
  }
  line = std::move(out);
  return true;
}

/// A further line of the command that is the last entry.
void HistoryLines::remember_more(const std::string& line, bool ended, Place place) {
  std::vector<std::string>& lines = sh_.writable_history().lines;
  if (!sh_.line_remembered() || lines.empty() || (line.empty() && place == Place::More)) return;
  std::string& entry = lines.back();
  if (!entry.ends_with('\n') || place != Place::HereDocument) {
    entry += place == Place::More && !sh_.options()[Option::LitHist] ? joint(entry, line) : "\n";
  }
  entry += line;
  if (place == Place::HereDocument && ended) entry += '\n';
}

void HistoryLines::line_read(std::string& line, Place place) {
  const bool ended = line.ends_with('\n');
  if (ended) line.pop_back();
  if (line.empty() && place == Place::First) {
    if (ended) line += '\n';
    return;
  }
  if ((place == Place::First || place == Place::More) && !expand(line)) {
    line.clear();   // nor is it counted
    return;
  }
  if (place == Place::First || !sh_.options()[Option::CmdHist]) sh_.set_line_remembered(remember_command(sh_, line));
  else remember_more(line, ended, place);
  if (ended) line += '\n';
}

}  // namespace nacre
