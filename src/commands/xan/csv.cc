#include "commands/xan/csv.h"

#include <cstring>

namespace nacre::csv {

// The usual record: within the block, without quotes.
bool Reader::plain(std::string_view block, Record& out) {
  auto* end = static_cast<const char*>(memchr(block.data(), '\n', block.size()));
  if (!end) return false;
  auto n = static_cast<size_t>(end - block.data());
  if (memchr(block.data(), '"', n)) return false;
  taken_ = n + 1;
  next_line_++;
  std::string_view text = block.substr(0, n);
  if (text.ends_with('\r')) text.remove_suffix(1);
  out.clear();
  for (;;) {
    size_t at = text.find(delimiter_);
    out.push_back(text.substr(0, at));
    if (at == text.npos) return true;
    text.remove_prefix(at + 1);
  }
}

void Reader::add(char c) {
  buffer_ += c;
  if ((buffer_.size() & 0xfffff) == 0) in_.process().check_memory(buffer_.size());
}

void Reader::slow(Record& out) {
  buffer_.clear();
  ends_.clear();
  enum : uint8_t { Start, Bare, Quoted, AfterQuote } state = Start;
  bool ended = false;
  while (!ended) {
    std::string_view block = in_.block();
    if (block.empty()) break;
    in_.process().tick();
    size_t i = 0;
    for (; i < block.size() && !ended; i++) {
      char c = block[i];
      next_line_ += c == '\n';
      if (state == Quoted) {
        if (c == '"') state = AfterQuote;
        else add(c);
        continue;
      }
      if (state == AfterQuote && c == '"') {
        add(c);
        state = Quoted;
      } else if (c == delimiter_) {
        ends_.push_back(buffer_.size());
        state = Start;
      } else if (c == '\n') {
        ended = true;
      } else if (state == Start && c == '"') {
        state = Quoted;
      } else {
        add(c);
        state = Bare;
      }
    }
    in_.consume(i);
  }
  if (state == Bare && buffer_.ends_with('\r')) buffer_.pop_back();   // not one in quotes
  ends_.push_back(buffer_.size());
  out.clear();
  size_t from = 0;
  for (size_t end : ends_) {
    end = std::max(end, from);
    out.push_back(std::string_view(buffer_).substr(from, end - from));
    from = end;
  }
}

bool Reader::next(Record& out) {
  in_.consume(taken_);
  taken_ = 0;
  for (;;) {
    std::string_view block = in_.block();
    if (!begun_) {
      begun_ = true;
      block = in_.block(3);
      if (block.starts_with("\xef\xbb\xbf")) {
        in_.consume(3);
        continue;
      }
    }
    if (block.empty()) return false;
    if (block[0] == '\n') {
      in_.consume(1);
      next_line_++;
      continue;
    }
    if (block[0] == '\r') {
      block = in_.block(2);
      if (block.size() < 2 || block[1] == '\n') {
        in_.consume(block.size() < 2 ? 1 : 2);
        next_line_++;
        continue;
      }
    }
    line_ = next_line_;
    if (!plain(block, out)) slow(out);
    return true;
  }
}

void Writer::field(std::string_view s) {
  if (fields_++) out_.put(style_.delimiter);
  empty_ = s.empty();
  // At the front of a file a byte-order mark would be skipped when it is read.
  bool quote = style_.always || (!style_.never && s.starts_with("\xef\xbb\xbf"));
  if (!quote && !style_.never) {
    for (char c : s) {
      if (c != style_.delimiter && c != style_.quote && c != '\n' && c != '\r') continue;
      quote = true;
      break;
    }
  }
  if (!quote) return out_.write(s);
  out_.put(style_.quote);
  for (char c : s) {
    if (c == style_.quote || (c == style_.escape && style_.escape != style_.quote)) out_.put(style_.escape);
    out_.put(c);
  }
  out_.put(style_.quote);
}

void Writer::end() {
  // An empty line would be no record.
  if (fields_ == 1 && empty_ && !style_.always && !style_.never) out_.write(std::string{style_.quote, style_.quote});
  if (style_.crlf) out_.put('\r');
  out_.put('\n');
}

}  // namespace nacre::csv
