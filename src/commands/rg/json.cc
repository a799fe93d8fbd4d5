// rg --json: a message a line, for begin and end of a file that matched, its lines, and the whole run.
#include <cstdio>

#include "base/text_encoding.h"
#include "base/utf8.h"
#include "commands/rg/printer.h"

namespace nacre {
namespace {

// Text where it is text, base64 where not.
std::string text_or_bytes(std::string_view s) { return utf8::valid(s) ? "{\"text\":" + json_string(s) + "}" : "{\"bytes\":\"" + base64_encode(s) + "\"}"; }

std::string human(int64_t nanos) {
  char text[40];
  std::snprintf(text, sizeof text, "\"%.6fs\"", static_cast<double>(nanos) / 1e9);
  return text;
}

class Json : public RgPrinter {
 public:
  using RgPrinter::RgPrinter;

  void begin(const std::string& path, bool show_path, bool quits_at_nul) override {
    RgPrinter::begin(path, show_path, quits_at_nul);
    begun_ = false;
    after_left_ = 0;
  }
  bool matched(const RgLines& lines) override {
    count_++;
    bool over = o_.max_count && count_ > static_cast<uint64_t>(*o_.max_count);
    if (over) after_left_ = after_left_ > 0 ? after_left_ - 1 : 0;
    else after_left_ = o_.after;
    matches_.clear();
    matcher_.find_all(o_.multiline ? lines.bytes : without_end(lines.bytes), matches_);
    if (o_.multiline && !matches_.empty() && matches_.back().size() == 0 && matches_.back().begin >= lines.bytes.size()) matches_.pop_back();
    now_.matches += matches_.size();
    uint64_t ends = 0;
    for (char c : lines.bytes) ends += c == matcher_.terminator();
    now_.matched_lines += std::max<uint64_t>(1, ends);
    message("match", lines);
    return !full();
  }
  bool context(const RgLines& line, bool after) override {
    if (after && after_left_ > 0) after_left_--;
    matches_.clear();
    if (o_.invert) matcher_.find_all(without_end(line.bytes), matches_);
    message("context", line);
    return !full();
  }
  bool finish(uint64_t bytes, int64_t nanos) override {
    // The size of the last message is not part of what it tells.
    if (!begun_) return count_ > 0;
    bool found = RgPrinter::finish(binary_ && *binary_ < bytes ? *binary_ : bytes, nanos);
    write("{\"type\":\"end\",\"data\":{\"path\":" + text_or_bytes(path_) + ",\"binary_offset\":" + (binary_ ? std::to_string(*binary_) : "null") +
          ",\"stats\":{\"elapsed\":{\"secs\":" + std::to_string(nanos / 1'000'000'000) + ",\"nanos\":" + std::to_string(nanos % 1'000'000'000) +
          ",\"human\":" + human(nanos) + "},\"searches\":" + std::to_string(now_.searches) + ",\"searches_with_match\":" + std::to_string(now_.with_match) +
          ",\"bytes_searched\":" + std::to_string(now_.bytes_searched) + ",\"bytes_printed\":" + std::to_string(now_.bytes_printed) +
          ",\"matched_lines\":" + std::to_string(now_.matched_lines) + ",\"matches\":" + std::to_string(now_.matches) + "}}}\n");
    return found;
  }
  void end(int64_t nanos) override {
    if (o_.quiet) return;
    auto elapsed = [](int64_t n) {
      return "{\"human\":" + human(n) + ",\"nanos\":" + std::to_string(n % 1'000'000'000) + ",\"secs\":" + std::to_string(n / 1'000'000'000) + "}";
    };
    const RgStats& t = total_;
    out_.write("{\"data\":{\"elapsed_total\":" + elapsed(nanos) + ",\"stats\":{\"bytes_printed\":" + std::to_string(t.bytes_printed) +
               ",\"bytes_searched\":" + std::to_string(t.bytes_searched) + ",\"elapsed\":" + elapsed(t.nanos) +
               ",\"matched_lines\":" + std::to_string(t.matched_lines) + ",\"matches\":" + std::to_string(t.matches) +
               ",\"searches\":" + std::to_string(t.searches) + ",\"searches_with_match\":" + std::to_string(t.with_match) + "}},\"type\":\"summary\"}\n");
  }

 private:
  bool full() const { return o_.max_count && count_ >= static_cast<uint64_t>(*o_.max_count) && after_left_ == 0; }

  void message(const char* type, const RgLines& lines) {
    if (o_.quiet) return;
    if (!begun_) write("{\"type\":\"begin\",\"data\":{\"path\":" + text_or_bytes(path_) + "}}\n");
    begun_ = true;
    std::string text = std::string("{\"type\":\"") + type + "\",\"data\":{\"path\":" + text_or_bytes(path_) + ",\"lines\":" + text_or_bytes(lines.bytes) +
                       ",\"line_number\":" + std::to_string(lines.number) + ",\"absolute_offset\":" + std::to_string(lines.offset) + ",\"submatches\":[";
    for (const auto& m : matches_) {
      if (&m != &matches_.front()) text += ',';
      text += "{\"match\":" + text_or_bytes(lines.bytes.substr(m.begin, m.size())) + ",\"start\":" + std::to_string(m.begin) +
              ",\"end\":" + std::to_string(m.end) + "}";
    }
    write(text + "]}}\n");
  }

  bool begun_ = false;
  int64_t after_left_ = 0;
  std::vector<RegexSpan> matches_;
};

}  // namespace

std::unique_ptr<RgPrinter> make_rg_json(Process& p, const RgOptions& o, const RgMatcher& m, Output& out) { return std::make_unique<Json>(p, o, m, out); }

}  // namespace nacre
