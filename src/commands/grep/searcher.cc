#include "commands/grep/searcher.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "commands/quoting.h"

namespace nacre {

void GrepSearcher::colored(const std::string& color, std::string_view text) {
  if (!o_.color || color.empty()) return out_.write(text);
  const char* erase = o_.colors.no_erase ? "" : "\33[K";
  out_.format("\33[%sm%s", color.c_str(), erase);
  out_.write(text);
  out_.format("\33[m%s", erase);
}

void GrepSearcher::print_prefix(char mark, uint64_t number, uint64_t offset, bool empty) {
  char sep[1] = {mark};
  auto separator = [&] { colored(o_.colors.separator, {sep, 1}); };
  bool any = false;
  if (show_names_) {
    colored(o_.colors.name, name_);
    if (o_.null_names) out_.put('\0');
    else if (o_.color) separator();
    else out_.put(mark);
    any = !o_.null_names;
  }
  auto put_number = [&](uint64_t n, int pad, const std::string& color) {
    char text[32];
    int k = std::snprintf(text, sizeof text, "%*llu", pad, static_cast<unsigned long long>(n));
    colored(color, {text, static_cast<size_t>(k)});
    separator();
    any = true;
  };
  if (o_.line_numbers) put_number(number, number_width_, o_.colors.line);
  if (o_.byte_offsets) put_number(offset, number_width_, o_.colors.byte);
  if (o_.initial_tab && any && !empty) out_.put('\t');
}

bool GrepSearcher::is_binary_line(std::string_view line) const {
  if (o_.binary == GrepOptions::Binary::Text) return false;
  if (o_.syntax.delimiter == '\n' && std::memchr(line.data(), 0, line.size())) return true;
  // What is only matched is text, whatever lies beside it.
  return o_.syntax.utf8 && !o_.only_matching && !utf8::valid(line);
}

void GrepSearcher::print_colored(std::string_view line, bool selected) {
  const auto& c = o_.colors;
  // rv swaps the colors of lines when -v selects.
  bool as_selected = selected != (c.reverse && o_.invert);
  const std::string &whole = as_selected ? c.selected : c.context, &match = selected ? c.selected_match : c.context_match;
  size_t at = 0;
  RegexSpan m;
  if (selected != o_.invert && !match.empty()) {
    while (at <= line.size() && matcher_.find_in_line(line, at, m)) {
      // As GNU's writes it: the color of the line begins before each match, and ends behind the last.
      if (!whole.empty()) out_.format("\33[%sm%s", whole.c_str(), o_.colors.no_erase ? "" : "\33[K");
      out_.write(line.substr(at, m.begin - at));
      colored(match, line.substr(m.begin, m.size()));
      at = m.end;
    }
  }
  if (at < line.size()) colored(whole, line.substr(at));
}

void GrepSearcher::print_only_matching(std::string_view line, uint64_t number, uint64_t offset) {
  RegexSpan m;
  for (size_t at = 0; at <= line.size() && matcher_.find_in_line(line, at, m); at = m.end) {
    print_prefix(':', number, offset + m.begin, false);
    colored(o_.colors.selected_match, line.substr(m.begin, m.size()));
    out_.put(o_.syntax.delimiter);
  }
}

// False: the line shows that the file is binary.
bool GrepSearcher::print_line(std::string_view line, char mark, uint64_t number, uint64_t offset) {
  if (binary_) {
    binary_matched_ = stop_ = true;
    return false;
  }
  // A line that is no text is left out; the others are shown.
  if (is_binary_line(line)) {
    binary_matched_ = true;
    return true;
  }
  if (o_.only_matching) {
    if (mark == ':' && !o_.invert) print_only_matching(line, number, offset);
  } else {
    print_prefix(mark, number, offset, line.empty());
    if (o_.color) print_colored(line, mark == ':');
    else out_.write(line);
    out_.put(o_.syntax.delimiter);
  }
  if (o_.line_buffered) out_.flush();
  return true;
}

// Counts the lines of text that are passed over.
void GrepSearcher::skip_lines(std::string_view text) {
  offset_ += text.size();
  if (o_.line_numbers) line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), o_.syntax.delimiter));
}

// A selected line (with its end in `raw`).
bool GrepSearcher::select(std::string_view line, bool terminated) {
  count_++;
  if (o_.quiet || o_.list != GrepOptions::List::None) {
    stop_ = true;
    return false;
  }
  line_++;
  if (prints_lines() && !print_line(line, ':', line_, offset_)) return false;
  offset_ += line.size() + terminated;
  return !done();
}

// Whole blocks: the matcher runs over many lines at once.
void GrepSearcher::search_text(std::string_view text) {
  char d = o_.syntax.delimiter;
  size_t at = 0;
  while (at < text.size() && !done()) {
    RegexSpan m;
    bool hit = matcher_.find(text, at, m);
    size_t line_start = text.size(), line_end = text.size();
    if (hit) {
      const void* before = m.begin > at ? memrchr(text.data() + at, d, m.begin - at) : nullptr;
      line_start = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : at;
      line_end = std::min(text.find(d, m.begin), text.size());
    }
    if (!o_.invert) {
      skip_lines(text.substr(at, line_start - at));
      if (!hit) return;
      if (!select(text.substr(line_start, line_end - line_start), line_end < text.size())) return;
    } else {
      while (at < line_start) {
        size_t end = std::min(text.find(d, at), text.size());
        if (!select(text.substr(at, end - at), end < text.size())) return;
        at = end + 1;
      }
      if (!hit) return;
      skip_lines(text.substr(line_start, std::min(line_end + 1, text.size()) - line_start));
    }
    at = line_end + 1;
  }
}

void GrepSearcher::search_blocks(Input& in) {
  size_t want = 1;
  while (!done()) {
    std::string_view block = in.block(want);
    if (block.empty()) return;
    bool at_end = block.size() < want;
    const void* last = memrchr(block.data(), o_.syntax.delimiter, block.size());
    if (!last && !at_end) {
      want = std::max(block.size() + 1, block.size() + block.size() / 2);
      continue;
    }
    size_t cut = last ? static_cast<size_t>(static_cast<const char*>(last) - block.data()) + 1 : 0;
    if (at_end) cut = block.size();
    uint64_t selected = count_, before = offset_;
    if (binary_) {
      // A NUL ends a line, too, in a file that is no text.
      zapped_.assign(block.substr(0, cut));
      std::replace(zapped_.begin(), zapped_.end(), '\0', '\n');
      search_text(zapped_);
    } else {
      search_text(block.substr(0, cut));
    }
    if (done() && count_ > selected) {
      in.consume(std::min<size_t>(cut, offset_ - before));
      return;
    }
    in.consume(cut);
    if (at_end) return;
    want = block.size() - cut + 1;
  }
}

// One line at a time, for context.
void GrepSearcher::search_lines(Input& in) {
  struct Held {
    std::string text;
    uint64_t number, offset;
  };
  std::deque<Held> before;
  int64_t pending = 0;
  uint64_t printed = 0;   // number of the last printed line
  std::string_view line;
  while (!stop_ && (!done() || pending > 0) && in.next_line(line, o_.syntax.delimiter)) {
    line_++;
    bool selected = !done() && matcher_.matches_line(line) != o_.invert;
    if (selected) {
      count_++;
      uint64_t first = before.empty() ? line_ : before.front().number;
      if (any_printed_ && (first > printed + 1 || printed == 0) && o_.separator) {
        colored(o_.colors.separator, *o_.separator);
        out_.put('\n');
      }
      for (const auto& h : before)
        if (!stop_) print_line(h.text, '-', h.number, h.offset);
      before.clear();
      if (!stop_) print_line(line, ':', line_, offset_);
      any_printed_ = true;
      printed = line_;
      pending = o_.after;
    } else if (pending > 0) {
      pending--;
      print_line(line, '-', line_, offset_);
      printed = line_;
    } else if (o_.before > 0) {
      before.push_back({std::string(line), line_, offset_});
      if (static_cast<int64_t>(before.size()) > o_.before) before.pop_front();
    }
    offset_ += line.size() + in.terminated();
    if (done() && pending == 0) return;
  }
}

bool GrepSearcher::search(Input& in, const std::string& name, bool show_names) {
  name_ = name;
  show_names_ = show_names;
  binary_ = stop_ = binary_matched_ = false;
  count_ = line_ = offset_ = 0;
  if (matcher_.never() && !o_.invert) in.block();
  std::string_view first = in.block();
  if (o_.binary != GrepOptions::Binary::Text && o_.syntax.delimiter == '\n') binary_ = std::memchr(first.data(), 0, first.size());
  number_width_ = 0;
  if (o_.initial_tab) {
    auto st = p_.fstat(in.fd());
    number_width_ = st && st->is_regular() ? static_cast<int>(std::to_string(st->size).size()) : 19;
  }
  bool context = o_.context && prints_lines() && !binary_;
  const bool passed_over = binary_ && o_.binary == GrepOptions::Binary::WithoutMatch;
  if (context) search_lines(in);
  else if (!passed_over) search_blocks(in);
  if (binary_matched_ && !o_.quiet && !o_.count && o_.list == GrepOptions::List::None && o_.binary != GrepOptions::Binary::WithoutMatch) {
    out_.flush();
    p_.warn("%s: binary file matches", name.c_str());
  }
  if (matcher_.gave_up()) p_.warn("exceeded PCRE's backtracking limit");
  if (o_.count && !o_.quiet && o_.list == GrepOptions::List::None) {
    if (show_names) {
      colored(o_.colors.name, name);
      if (o_.null_names) out_.put('\0');
      else colored(o_.colors.separator, ":");
    }
    out_.number(static_cast<int64_t>(count_));
    out_.put('\n');
  }
  bool listed = (o_.list == GrepOptions::List::Matching && count_ > 0) || (o_.list == GrepOptions::List::NotMatching && count_ == 0);
  if (listed && !o_.quiet) {
    colored(o_.colors.name, name);
    out_.put(o_.null_names ? '\0' : '\n');
  }
  if (o_.line_buffered) out_.flush();
  return count_ > 0;
}

}  // namespace nacre
