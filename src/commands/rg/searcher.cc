#include "commands/rg/searcher.h"

#include <algorithm>
#include <cstring>

#include "algo/charset.h"

namespace nacre {
namespace {

constexpr size_t kBinaryPrefix = 64 << 10;   // where NUL bytes of named files are looked for

// Name of a BOM's encoding; length of the BOM.
std::pair<const char*, size_t> byte_order_mark(std::string_view s) {
  if (s.starts_with("\xef\xbb\xbf")) return {"UTF-8", 3};
  if (s.starts_with("\xff\xfe")) return {"UTF-16LE", 2};
  if (s.starts_with("\xfe\xff")) return {"UTF-16BE", 2};
  return {nullptr, 0};
}

}  // namespace

// Source holds the text when the bytes are not to be searched as they are. False: they are.
bool RgSearcher::decode(Input& in, Source& source) {
  bool automatic = o_.encoding == "auto";
  if (o_.encoding == "none") return false;
  auto [mark, length] = byte_order_mark(in.block(3));
  if (automatic && !mark) return false;
  bool utf8 = o_.encoding == "utf-8" || o_.encoding == "UTF-8";
  if (!automatic && !utf8 && mark && length == 3) mark = nullptr, length = 0;   // only UTF-16's is stronger than -E
  std::string from = mark ? mark : o_.encoding;
  if (from == "UTF-8") {
    in.consume(length);
    return false;
  }
  in.consume(length);
  std::string_view all = in.all();
  auto converter = CharsetConverter::open("UTF-8", from);
  p_.charge_memory(all.size());
  while (converter && !all.empty()) {
    size_t left = all.size();
    auto status = converter->convert(all, source.text);
    if (status == CharsetConverter::Status::Done) break;
    if (status == CharsetConverter::Status::Incomplete || left == all.size()) {
      // What is no character becomes U+FFFD.
      source.text += "\xef\xbf\xbd";
      all.remove_prefix(std::min<size_t>(all.size(), from.starts_with("UTF-16") ? 2 : 1));
    }
    p_.tick(16);
  }
  p_.release_memory(all.size());
  return true;
}

size_t RgSearcher::line_end(std::string_view text, size_t at) const {
  size_t end = text.find(matcher_.terminator(), at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

uint64_t RgSearcher::number_at(std::string_view text, size_t at) {
  if (numbers_ && at > counted_) {
    line_ +=
        static_cast<uint64_t>(std::count(text.begin() + static_cast<ptrdiff_t>(counted_), text.begin() + static_cast<ptrdiff_t>(at), matcher_.terminator()));
    counted_ = at;
  }
  return line_ + 1;
}

void RgSearcher::gap(size_t begin) {
  if ((o_.before || o_.after) && told_ && visited_ < begin) sink_->gap();
}

// True: the search ends here.
bool RgSearcher::check_binary(std::string_view part, uint64_t offset) {
  if (binary_seen_ || how_.text) return false;
  const void* nul = std::memchr(part.data(), 0, part.size());
  if (!nul) return false;
  binary_seen_ = true;
  sink_->binary(offset + static_cast<uint64_t>(static_cast<const char*>(nul) - part.data()));
  return how_.quit_at_nul;
}

bool RgSearcher::context_line(std::string_view text, size_t begin, size_t end, bool after) {
  if (check_binary(text.substr(begin, end - begin), base_ + begin)) return false;
  uint64_t number = number_at(text, begin);
  visited_ = end;
  told_ = true;
  return sink_->context({text.substr(begin, end - begin), base_ + begin, number}, after);
}

bool RgSearcher::before_context(std::string_view text, size_t upto) {
  if (o_.before == 0) return true;
  size_t begin = upto;
  for (int64_t n = 0; n < o_.before && begin > visited_; n++) {
    const void* hit = begin >= 2 ? memrchr(text.data(), matcher_.terminator(), begin - 1) : nullptr;
    begin = hit ? static_cast<size_t>(static_cast<const char*>(hit) - text.data()) + 1 : 0;
  }
  begin = std::max(begin, visited_);
  gap(begin);
  while (begin < upto) {
    size_t end = line_end(text, begin);
    if (!context_line(text, begin, end, false)) return false;
    begin = end;
  }
  return true;
}

bool RgSearcher::after_context(std::string_view text, size_t upto) {
  while (after_left_ > 0 && visited_ < upto) {
    size_t end = line_end(text, visited_);
    after_left_--;
    if (!context_line(text, visited_, end, true)) return false;
  }
  return true;
}

// --passthru: every line is told.
bool RgSearcher::other_context(std::string_view text, size_t upto) {
  while (visited_ < upto)
    if (!context_line(text, visited_, line_end(text, visited_), false)) return false;
  return true;
}

bool RgSearcher::match_lines(std::string_view text, size_t begin, size_t end) {
  if (o_.passthru ? !other_context(text, begin) : !after_context(text, begin) || !before_context(text, begin)) return false;
  if (check_binary(text.substr(begin, end - begin), base_ + begin)) return false;
  gap(begin);
  uint64_t number = number_at(text, begin);
  visited_ = end;
  told_ = true;
  after_left_ = o_.after;
  return sink_->matched({text.substr(begin, end - begin), base_ + begin, number});
}

bool RgSearcher::invert_lines(std::string_view text, size_t begin, size_t end) {
  while (begin < end) {
    size_t next = line_end(text, begin);
    if (!match_lines(text, begin, next)) return false;
    begin = next;
  }
  return true;
}

// text holds whole lines; pos_ begins one. False: no more is wanted.
bool RgSearcher::search_block(std::string_view text) {
  while (pos_ < text.size()) {
    RegexSpan m;
    bool hit = matcher_.find_in_lines(text, pos_, m);
    size_t begin = text.size(), end = text.size();
    if (hit) {
      const void* before = m.begin > pos_ ? memrchr(text.data() + pos_, matcher_.terminator(), m.begin - pos_) : nullptr;
      begin = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : pos_;
      end = line_end(text, m.begin);
    }
    if (o_.invert) {
      if (!invert_lines(text, pos_, begin)) return false;
    } else if (hit && !match_lines(text, begin, end)) {
      return false;
    }
    pos_ = end;
    if (!hit) break;
  }
  if (o_.passthru ? !other_context(text, text.size()) : !after_context(text, text.size())) return false;
  return true;
}

void RgSearcher::search_lines(Source& source) {
  size_t want = 1, scanned = 0;
  for (;;) {
    std::string_view block = source.block(want);
    bool at_end = block.size() < want || !source.in;
    bool first = base_ == 0 && scanned == 0;
    if (block.size() > scanned) {
      // A file that was found is left at its first NUL byte; in one that was named only the
      // beginning and lines that are told are looked at.
      std::string_view fresh = block.substr(scanned);
      if (how_.quit_at_nul && !how_.text) {
        if (check_binary(fresh, base_ + scanned)) return;
      } else if (first) {
        check_binary(fresh.substr(0, kBinaryPrefix), base_);
      }
    }
    scanned = block.size();
    const void* last = block.empty() ? nullptr : memrchr(block.data(), matcher_.terminator(), block.size());
    size_t cut = at_end ? block.size() : last ? static_cast<size_t>(static_cast<const char*>(last) - block.data()) + 1 : 0;
    if (cut <= pos_ && !at_end) {
      want = block.size() + std::max<size_t>(1, block.size() / 2);
      continue;
    }
    bool go_on = search_block(block.substr(0, cut));
    if (!go_on || at_end) {
      base_ += go_on ? cut : std::max(pos_, visited_);
      return;
    }
    // Keeps the lines that may be context of a later match; with only -A one line less than that
    // would do, but then a gap before the next match could not be seen.
    size_t keep = cut;
    for (int64_t n = 0; n < std::max(o_.before, o_.after) && keep > visited_; n++) {
      const void* hit = keep >= 2 ? memrchr(block.data(), matcher_.terminator(), keep - 1) : nullptr;
      keep = hit ? static_cast<size_t>(static_cast<const char*>(hit) - block.data()) + 1 : 0;
    }
    size_t drop = std::max(keep, visited_);
    number_at(block, drop);
    source.consume(drop);
    base_ += drop;
    scanned -= drop;
    pos_ = cut - drop;
    counted_ = 0;
    visited_ = 0;
    want = block.size() - drop + 1;
    p_.tick(1);
  }
}

// -U: matches may reach over lines. Matches that share a line are told together.
void RgSearcher::search_whole(std::string_view text) {
  if (check_binary(text.substr(0, kBinaryPrefix), 0)) return;
  if (text.empty()) return;
  size_t at = 0, begin = 0, end = 0;
  bool held = false;
  auto flush = [&](size_t upto) {
    if (!o_.invert) return !held || match_lines(text, begin, end);
    bool go_on = invert_lines(text, pos_, held ? begin : upto);
    if (held) pos_ = end;
    return go_on;
  };
  RegexSpan m;
  while (at <= text.size() && matcher_.find(text, at, m)) {
    p_.tick(1);
    if (m.begin >= text.size()) break;
    const void* before = m.begin > 0 ? memrchr(text.data(), matcher_.terminator(), m.begin) : nullptr;
    size_t line = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : 0;
    size_t last = m.size() ? m.end - 1 : m.begin, stop = line_end(text, last);
    if (held && line < end) {
      end = std::max(end, stop);
    } else {
      if (held && !flush(line)) return;
      held = true;
      begin = line;
      end = stop;
    }
    at = m.size() ? m.end : m.end + 1;
  }
  if (held && !flush(begin)) return;
  if (o_.invert && !invert_lines(text, pos_, text.size())) return;
  if (o_.passthru ? !other_context(text, text.size()) : !after_context(text, text.size())) return;
  base_ = text.size();
}

void RgSearcher::begin(const RgSearch& how, RgSink& sink) {
  how_ = how;
  sink_ = &sink;
  numbers_ = o_.json || o_.line_numbers.value_or(false);
  pos_ = visited_ = counted_ = 0;
  line_ = base_ = 0;
  after_left_ = 0;
  told_ = binary_seen_ = false;
}

uint64_t RgSearcher::search(Input& in, const RgSearch& how, RgSink& sink) {
  begin(how, sink);
  Source source;
  if (!decode(in, source)) source.in = &in;
  if (o_.multiline) search_whole(source.in ? in.all() : std::string_view(source.text));
  else search_lines(source);
  return base_;
}

uint64_t RgSearcher::search_text(std::string text, const RgSearch& how, RgSink& sink) {
  begin(how, sink);
  Source source;
  source.text = std::move(text);
  if (o_.multiline) search_whole(source.text);
  else search_lines(source);
  return base_;
}

}  // namespace nacre
