// What the subcommands share.
#include <charconv>
#include <cmath>

#include "commands/xan/xan.h"

namespace nacre::xan {

int fail(Process& p, const std::string& text) {
  write_error(p, "xan: " + text + "\n");
  return 1;
}

char delimiter_for(const Options& o, const std::string& file) {
  if (o.delimiter == "\\t" || o.delimiter == "tab") return '\t';
  if (!o.delimiter.empty()) return o.delimiter[0];
  for (std::string_view end : {".tsv", ".tab"})
    if (file.ends_with(end)) return '\t';
  if (file.ends_with(".ssv")) return ';';
  if (file.ends_with(".psv")) return '|';
  return ',';
}

std::unique_ptr<Table> Table::open(Process& p, const Options& o, const std::string& file) {
  auto in = open_input(p, file);
  if (!in) return nullptr;
  std::unique_ptr<Table> t(new Table(p, std::move(in), delimiter_for(o, file)));
  csv::Record first;
  if (t->reader_.next(first)) {
    if (o.no_headers) {
      for (size_t i = 0; i < first.size(); i++) t->headers_.push_back(std::to_string(i));
      t->first_ = first;
      t->have_first_ = true;
    } else {
      t->headers_.assign(first.begin(), first.end());
    }
  }
  return t;
}

bool Table::next(csv::Record& out) {
  p_.tick();
  if (have_first_) {
    have_first_ = false;
    out = first_;
    record_++;
    return true;
  }
  if (failed_ || !reader_.next(out)) {
    failed_ |= report_read_error(p_, *in_);
    return false;
  }
  record_++;
  if (out.size() == headers_.size()) return true;
  fail(p_, "CSV error: record " + std::to_string(record_) + " (line: " + std::to_string(reader_.line()) + "): found record with " + std::to_string(out.size()) +
               " fields, but the previous record has " + std::to_string(headers_.size()) + " fields");
  failed_ = true;
  return false;
}

namespace {

/// One term of a selection: a name (quoted or not) or a number.
struct Term {
  std::string text;
  bool quoted = false, given = false;
};

class Selection {
 public:
  Selection(Process& p, const csv::Row& headers, std::string_view text, bool no_headers) : p_(p), headers_(headers), text_(text), no_headers_(no_headers) {}

  std::optional<std::vector<size_t>> read() {
    bool inverse = text_.starts_with('!');
    if (inverse) text_.remove_prefix(1);
    std::vector<size_t> out;
    while (at_ <= text_.size()) {
      if (!range(out)) return std::nullopt;
      if (at_ < text_.size() && text_[at_] != ',') return wrong(std::string("expected ',' before '") + text_[at_] + "'");
      at_++;
    }
    if (!inverse) return out;
    std::vector<bool> named(headers_.size());
    for (size_t i : out) named[i] = true;
    out.clear();
    for (size_t i = 0; i < headers_.size(); i++)
      if (!named[i]) out.push_back(i);
    return out;
  }

 private:
  std::nullopt_t wrong(const std::string& text) {
    fail(p_, "wrong selection: " + text);
    return std::nullopt;
  }

  Term term() {
    Term t;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      char quote = text_[at_++];
      t.quoted = t.given = true;
      for (; at_ < text_.size(); at_++) {
        if (text_[at_] == quote) {
          if (at_ + 1 == text_.size() || text_[at_ + 1] != quote) break;
          at_++;
        }
        t.text += text_[at_];
      }
      at_ += at_ < text_.size();
      return t;
    }
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ':') t.text += text_[at_++];
    t.given = !t.text.empty();
    return t;
  }

  /// The column of a term.
  std::optional<size_t> column(const Term& t) {
    if (!t.quoted) {
      // name[2]: the third column of that name.
      size_t open = t.text.find('[');
      if (open != t.text.npos && t.text.ends_with(']')) {
        if (auto n = parse_int(std::string_view(t.text).substr(open + 1, t.text.size() - open - 2)); n && *n >= 0) {
          int64_t left = *n;
          for (size_t i = 0; i < headers_.size(); i++)
            if (headers_[i] == t.text.substr(0, open) && left-- == 0) return i;
          return wrong("there is no column '" + t.text + "'");
        }
      }
    }
    if (!no_headers_)
      for (size_t i = 0; i < headers_.size(); i++)
        if (headers_[i] == t.text) return i;
    if (!t.quoted) {
      if (auto n = parse_int(t.text)) {
        int64_t i = *n < 0 ? *n + static_cast<int64_t>(headers_.size()) : *n;
        if (i < 0 || static_cast<size_t>(i) >= headers_.size()) return wrong("there is no column " + t.text + ", only " + std::to_string(headers_.size()));
        return static_cast<size_t>(i);
      }
    }
    return wrong("there is no column '" + t.text + "'");
  }

  bool range(std::vector<size_t>& out) {
    Term a = term();
    if (a.text == "*" && !a.quoted) {
      for (size_t i = 0; i < headers_.size(); i++) out.push_back(i);
      return true;
    }
    if (at_ == text_.size() || text_[at_] != ':') {
      auto i = column(a);
      if (i) out.push_back(*i);
      return i.has_value();
    }
    at_++;
    Term b = term();
    auto from = a.given ? column(a) : std::optional<size_t>(0);
    auto to = from && b.given ? column(b) : std::optional<size_t>(headers_.empty() ? 0 : headers_.size() - 1);
    if (!from || !to) return false;
    if (*from <= *to)
      for (size_t i = *from; i <= *to && i < headers_.size(); i++) out.push_back(i);
    else
      for (size_t i = *from + 1; i-- > *to;) out.push_back(i);
    return true;
  }

  Process& p_;
  const csv::Row& headers_;
  std::string_view text_;
  bool no_headers_;
  size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<size_t>> select_columns(Process& p, const csv::Row& headers, const std::string& selection, bool no_headers) {
  return Selection(p, headers, selection, no_headers).read();
}

Sink::Sink(Process& p, const Options& o) : p_(p) {
  if (!o.output.empty() && o.output != "-") {
    auto fd = p.open(o.output, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!fd) {
      p.warn(fd.error(), "%s", o.output.c_str());
      return;
    }
    fd_ = *fd;
  }
  out_ = std::make_unique<Output>(p, fd_);
}

Sink::~Sink() {
  out_.reset();
  if (fd_ != 1) (void)p_.close(fd_);
}

bool parse_number(std::string_view s, double& out) {
  if (s.starts_with('+')) s.remove_prefix(1);
  if (s.empty() || (!(s[0] >= '0' && s[0] <= '9') && s[0] != '-' && s[0] != '.')) return false;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  return error == std::errc() && end == s.data() + s.size() && std::isfinite(out);
}

std::string number_text(double d) {
  char text[40];
  if (d == static_cast<double>(static_cast<int64_t>(d)) && d > -1e15 && d < 1e15) return std::to_string(static_cast<int64_t>(d));
  auto r = std::to_chars(text, text + sizeof text, d);
  return {text, r.ptr};
}

}  // namespace nacre::xan
