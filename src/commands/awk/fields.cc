/// Records and fields: reading by RS, splitting by FS, FPAT or FIELDWIDTHS when
/// first asked for, and rebuilding $0 when a field or NF was assigned.
#include <algorithm>
#include <cstring>

#include "algo/unicode.h"
#include "base/blanks.h"
#include "base/utf8.h"
#include "commands/awk/interp.h"

namespace nacre {

AwkInterp::AwkInterp(Process& p, AwkProgram& program, const AwkDialect& dialect)
    : p_(p), prog_(program), dialect_(dialect), utf8_(dialect.utf8), out_(p, 1, 2) {
  globals_.resize(program.globals.size());
  auto set = [&](AwkSpecial s, AwkValue v) { globals_[s].value = std::move(v); };
  set(kNR, 0.0);
  set(kNF, 0.0);
  set(kFNR, 0.0);
  set(kFS, AwkValue::string(" "));
  set(kOFS, AwkValue::string(" "));
  set(kORS, AwkValue::string("\n"));
  set(kRS, AwkValue::string("\n"));
  set(kSUBSEP, AwkValue::string("\034"));
  set(kCONVFMT, AwkValue::string("%.6g"));
  set(kOFMT, AwkValue::string("%.6g"));
  set(kRSTART, 0.0);
  set(kRLENGTH, 0.0);
  globals_[kENVIRON].array = std::make_shared<AwkArray>();
  for (const auto& e : p.env()) {
    size_t eq = e.find('=');
    if (eq != std::string::npos) globals_[kENVIRON].array->at(e.substr(0, eq)) = input_value(e.substr(eq + 1));
  }
  set(kFPAT, AwkValue::string("[^[:space:]]+"));
  set(kERRNO, AwkValue::string(""));
  set(kARGIND, 0.0);
  if (dialect_.traditional) return;
  AwkArray& info = *(globals_[kPROCINFO].array = std::make_shared<AwkArray>());
  info.at("version") = AwkValue::string("5.2.1");
  info.at("strftime") = AwkValue::string("%a %b %e %H:%M:%S %Z %Y");
  info.at("FS") = AwkValue::string("FS");
  info.at("pid") = AwkValue(static_cast<double>(p.pid()));
  info.at("ppid") = AwkValue(static_cast<double>(p.ppid()));
  info.at("pgrpid") = AwkValue(static_cast<double>(p.pgid()));
  info.at("uid") = info.at("euid") = AwkValue(static_cast<double>(p.credentials().uid));
  info.at("gid") = info.at("egid") = AwkValue(static_cast<double>(p.credentials().gid));
}

AwkInterp::~AwkInterp() = default;

void AwkInterp::set_global(const std::string& name, const AwkValue& v) {
  for (size_t i = 0; i < prog_.globals.size(); i++) {
    if (prog_.globals[i] != name) continue;
    if (globals_[i].array) fatal("cannot use array `" + name + "' as a variable");
    globals_[i].value = v;
    if (i < kSpecialCount) special_assigned(static_cast<int>(i));
    return;
  }
}

bool AwkInterp::assign_operand(const std::string& s) {
  size_t eq = s.find('=');
  if (eq == std::string::npos || eq == 0 || !(ascii_alpha(s[0]) || s[0] == '_')) return false;
  for (size_t i = 0; i < eq; i++)
    if (!(ascii_alnum(s[i]) || s[i] == '_' || s[i] == ':')) return false;
  std::string value;
  for (size_t i = eq + 1; i < s.size(); i++) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      value += s[i];
      continue;
    }
    constexpr std::string_view from = "ntr\\\"/abfv", to = "\n\t\r\\\"/\a\b\f\v";
    char c = s[++i];
    if (size_t k = from.find(c); k != std::string_view::npos) {
      value += to[k];
    } else if (c >= '0' && c <= '7') {
      int v = 0;
      for (int n = 0; n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7'; n++) v = v * 8 + (s[i++] - '0');
      i--;
      value += static_cast<char>(v);
    } else {
      if (c != '\n') value += c;
    }
  }
  AwkValue v = input_value(value);
  (void)v.numeric();   // found out at once
  set_global(s.substr(0, eq), v);
  return true;
}

// "3 2:4 *": widths, with what to skip before them; * is the rest.
void AwkInterp::read_widths(const std::string& text) {
  widths_.clear();
  for (size_t i = 0; i < text.size();) {
    size_t end = std::min(text.find_first_of(" \t\n", i), text.size());
    std::string one = text.substr(i, end - i);
    i = end + 1;
    if (one.empty()) continue;
    size_t colon = one.find(':');
    Width w{0, 0};
    if (colon != std::string::npos) w.skip = static_cast<size_t>(std::max(0.0, awk_number(one.substr(0, colon))));
    std::string count = colon == std::string::npos ? one : one.substr(colon + 1);
    w.count = count == "*" ? SIZE_MAX : static_cast<size_t>(std::clamp(awk_number(count), 0.0, 1e9));
    if (w.count == 0) fatal("invalid FIELDWIDTHS value, for field " + std::to_string(widths_.size() + 1) + ", near `" + one + "'");
    if (!widths_.empty() && widths_.back().count == SIZE_MAX) fatal("`*' must be the last designator in FIELDWIDTHS");
    widths_.push_back(w);
  }
}

void AwkInterp::special_assigned(int slot) {
  auto str = [&] {
    std::string s;
    append_value(globals_[static_cast<size_t>(slot)].value, s);
    return s;
  };
  switch (slot) {
    case kNF: set_nf(static_cast<int64_t>(globals_[kNF].value.to_number())); break;
    case kOFS:
      if (record_stale_) rebuild_record();   // with the separator it was changed under
      ofs_ = str();
      break;
    case kORS: ors_ = str(); break;
    case kSUBSEP: subsep_ = str(); break;
    case kCONVFMT: convfmt_ = str(); break;
    case kOFMT: ofmt_ = str(); break;
    case kIGNORECASE: {
      if (dialect_.traditional) {
        if (!std::exchange(end_field_warned_, true)) warning("`IGNORECASE' is a gawk extension");
        break;
      }
      lint_extension("`IGNORECASE'");
      fold_ = globals_[kIGNORECASE].value.truth();
      special_assigned(kRS);
      if (mode_ == Split::Regex) special_assigned(kFS);
      if (mode_ == Split::Pattern) special_assigned(kFPAT);
      break;
    }
    case kRS: {
      rs_ = str();
      if (dialect_.traditional && rs_.size() > 1) rs_.resize(1);
      rs_regex_.reset();
      if (rs_.size() > 1) {
        lint_extension("multicharacter value of `RS'");
        std::string error;
        rs_regex_ = Regex::compile(rs_, regex_flags(), &error);
        if (!rs_regex_) fatal("invalid regexp: " + error + ": /" + rs_ + "/");
      }
      break;
    }
    case kFS:
    case kFPAT:
    case kFIELDWIDTHS: {
      if (dialect_.traditional && slot != kFS) break;   // a variable like others
      // The current record keeps the separator it was read with.
      if (!split_) split_fields();
      std::string s = str();
      std::string error;
      const uint32_t flags = regex_flags();
      if (slot != kFIELDWIDTHS)
        for (char c : prog_.unknown_escapes(s)) warning(awk_escape_warning(c));
      if (slot != kFS) lint_extension(std::string("`") + kAwkSpecialNames[slot] + "'");
      if (slot == kFS) {
        fs_ = s;
        mode_ = s == " " ? Split::Blanks : s.size() == 1 && s != "\\" ? Split::Char : Split::Regex;
        fs_regex_.reset();
        if (mode_ == Split::Regex && !s.empty()) fs_regex_ = Regex::compile(s, flags, &error);
      } else if (slot == kFPAT) {
        mode_ = Split::Pattern;
        fs_regex_ = Regex::compile(s, flags, &error);
      } else {
        mode_ = Split::Widths;
        read_widths(s);
      }
      if (globals_[kPROCINFO].array) globals_[kPROCINFO].array->at("FS") = AwkValue::string(kAwkSpecialNames[slot]);
      if (!error.empty()) fatal("invalid regexp: " + error + ": /" + s + "/");
      break;
    }
    default: break;
  }
}

void AwkInterp::set_record(std::string_view s) {
  record_text_.assign(s);
  record_ = record_text_;
  record_stale_ = record_made_ = no_record_ = false;
  split_ = false;
}

void AwkInterp::split_fields() {
  split_ = true;
  nf_ = 0;
  const char* s = record_.data();
  size_t n = record_.size();
  if (mode_ == Split::Blanks) {
    for (const char *p = s, *end = s + n;;) {
      while (p < end && is_blank_or_newline(*p)) p++;
      if (p == end) break;
      const char* start = p;
      p = find_blank(p, end);
      add_field(static_cast<size_t>(start - s), static_cast<size_t>(p - start));
    }
  } else if (mode_ == Split::Char && n > 0) {
    char c = fs_[0];
    bool paragraph = rs_.empty() && c != '\n';   // a newline separates too
    size_t start = 0;
    for (;;) {
      const void* hit = std::memchr(s + start, c, n - start);
      size_t end = hit ? static_cast<size_t>(static_cast<const char*>(hit) - s) : n;
      if (paragraph) {
        const void* nl = std::memchr(s + start, '\n', end - start);
        if (nl) end = static_cast<size_t>(static_cast<const char*>(nl) - s);
      }
      add_field(start, end - start);
      if (end == n) break;
      start = end + 1;
    }
  } else if (n > 0) {
    std::vector<std::pair<size_t, size_t>> parts;
    if (mode_ == Split::Widths) split_widths(record_, parts);
    else if (mode_ == Split::Pattern) split_by_pattern(record_, *fs_regex_, parts);
    else split_text(record_, fs_, true, parts);
    for (auto& part : parts) add_field(part.first, part.second);
  }
  globals_[kNF].value = AwkValue(static_cast<double>(nf_));
}

void AwkInterp::split_widths(std::string_view s, std::vector<std::pair<size_t, size_t>>& out) {
  size_t at = 0;
  auto bytes = [&](size_t characters) {
    if (characters >= s.size() - at) return s.size() - at;
    return utf8_ ? std::min(utf8::offset(s.substr(at), characters), s.size() - at) : characters;
  };
  for (const Width& w : widths_) {
    at += bytes(w.skip);
    if (at >= s.size()) break;
    size_t take = bytes(w.count);
    out.push_back({at, take});
    at += take;
  }
}

// FPAT: fields are the matches. An empty match right behind a field is none: a separator comes first.
void AwkInterp::split_by_pattern(std::string_view s, const Regex& re, std::vector<std::pair<size_t, size_t>>& out) {
  RegexSpan m[1];
  bool behind = false;
  for (size_t at = 0; at <= s.size() && re.match(s, at, m);) {
    if (m[0].size() == 0 && behind && m[0].begin == at) {
      behind = false;
      at++;
      continue;
    }
    if (m[0].size() == 0 && s.empty()) return;
    out.push_back({m[0].begin, m[0].size()});
    behind = true;
    at = m[0].end;
    if ((out.size() & 255) == 0) p_.tick(32);
  }
}

// Cuts s at matches of fs: " " blanks, one character, "" every character, or a regular expression.
void AwkInterp::split_text(std::string_view s, const std::string& fs, bool of_record, std::vector<std::pair<size_t, size_t>>& out) {
  if (s.empty()) return;
  if (fs == " ") {
    for (const char *p = s.data(), *end = p + s.size();;) {
      while (p < end && is_blank_or_newline(*p)) p++;
      if (p == end) return;
      const char* start = p;
      p = find_blank(p, end);
      out.push_back({static_cast<size_t>(start - s.data()), static_cast<size_t>(p - start)});
    }
  }
  if (fs.empty()) {
    for (size_t i = 0; i < s.size();) {
      size_t n = utf8_ ? utf8::decode(s.substr(i)).length : 1;
      out.push_back({i, n});
      i += n;
    }
    return;
  }
  size_t start = 0;
  if (fs.size() == 1 && fs != "\\") {
    for (;;) {
      size_t hit = s.find(fs[0], start);
      if (of_record && rs_.empty()) hit = std::min(hit, s.find('\n', start));
      if (hit == std::string_view::npos) break;
      out.push_back({start, hit - start});
      start = hit + 1;
    }
  } else {
    const Regex& re = of_record && fs_regex_ ? *fs_regex_ : dynamic_regex(of_record && rs_.empty() ? "(" + fs + ")|\n" : fs);
    RegexSpan m[1];
    for (size_t at = 0; at <= s.size() && re.match(s, at, m);) {
      if (m[0].size() == 0) {
        at = m[0].end + 1;
        continue;
      }
      out.push_back({start, m[0].begin - start});
      start = at = m[0].end;
    }
  }
  const bool one = fs.size() == 1 && fs != "\\";
  if (start < s.size() || out.empty() || one || !ends_unseen()) out.push_back({start, s.size() - start});
}

std::string_view AwkInterp::field_view(int64_t i) {
  if (i == 0) {
    if (record_stale_) rebuild_record();
    if (no_record_ && dialect_.lint) lint("reference to uninitialized field `$0'");
    return record_;
  }
  return {};
}

AwkValue AwkInterp::field(int64_t i) {
  if (i == 0) {
    std::string_view whole = field_view(0);
    return record_made_ ? AwkValue::copy_of(whole) : input_value(whole);
  }
  if (!split_) split_fields();
  if (static_cast<size_t>(i) > nf_) {
    if (dialect_.lint) lint("reference to uninitialized field `$" + std::to_string(i) + "'");
    AwkValue null = AwkValue::input("");   // an empty text, not 0
    null.looks = AwkValue::kNull;
    return null;
  }
  FieldSlot& f = fields_[static_cast<size_t>(i) - 1];
  if (f.set) return f.value;
  return input_value({record_.data() + f.offset, f.length});
}

// Fields as values of their own, so that the record's bytes may change.
void AwkInterp::set_nf(int64_t n) {
  if (!split_) split_fields();
  if (n < 0) fatal("NF set to negative value");
  no_record_ = false;
  if (dialect_.lint && static_cast<size_t>(n) < nf_) lint("decrementing NF is not portable to many awk versions");
  for (size_t i = 0; i < nf_; i++) {
    FieldSlot& f = fields_[i];
    if (f.set) continue;
    f.value = input_value({record_.data() + f.offset, f.length});
    f.set = true;
  }
  while (fields_.size() < static_cast<size_t>(n)) fields_.emplace_back();
  for (size_t i = nf_; i < static_cast<size_t>(n); i++) {
    fields_[i].set = true;
    fields_[i].value = AwkValue::input("");
    fields_[i].value.looks = AwkValue::kNull;
  }
  nf_ = static_cast<size_t>(n);
  globals_[kNF].value = AwkValue(static_cast<double>(n));
  record_stale_ = true;
}

void AwkInterp::set_field(int64_t i, AwkValue v) {
  if (i == 0) {
    std::string s;
    append_value(v, s);
    set_record(s);
    record_made_ = v.kind == AwkValue::Text;
    return;
  }
  if (!split_) split_fields();
  set_nf(std::max<int64_t>(i, static_cast<int64_t>(nf_)));
  fields_[static_cast<size_t>(i) - 1].value = std::move(v);
}

void AwkInterp::rebuild_record() {
  std::string s;
  for (size_t i = 0; i < nf_; i++) {
    if (i) s += ofs_;
    append_value(fields_[i].value, s);
  }
  record_text_ = std::move(s);
  record_ = record_text_;
  record_stale_ = false;
  record_made_ = true;
}

// ---- reading

bool AwkInterp::read_paragraph(Input& in, std::string& out) {
  std::string_view line;
  do {
    if (!in.next_line(line)) return false;   // the record stays for END
  } while (line.empty());
  out.assign(line);
  bool ended = in.terminated();
  std::string newlines = ended ? "\n" : "";
  while (in.next_line(line)) {
    ended = in.terminated();
    if (line.empty()) {
      newlines = "\n\n";
      break;
    }
    newlines = ended ? "\n" : "";
    out += '\n';
    out += line;
  }
  while (newlines.size() > 1 && in.more() && in.block()[0] == '\n') {
    newlines += '\n';
    in.consume(1);
  }
  if (prog_.uses_rt) globals_[kRT].value = AwkValue::string(newlines);
  return true;
}

bool AwkInterp::read_by_regex(Input& in, std::string& out) {
  size_t want = 1;
  for (;;) {
    std::string_view block = in.block(want);
    if (block.empty()) return false;
    bool at_end = block.size() < want;
    RegexSpan m[1];
    // A match at the very end of what is there may grow with more input.
    bool hit = rs_regex_->match(block, 0, m);
    if (hit && m[0].size() == 0) hit = false;
    if (hit && (m[0].end < block.size() || at_end)) {
      out.assign(block.substr(0, m[0].begin));
      if (prog_.uses_rt) globals_[kRT].value = AwkValue::string(std::string(block.substr(m[0].begin, m[0].size())));
      in.consume(m[0].end);
      return true;
    }
    if (at_end) {
      // The newline at the end of a file stays: it is not a separator.
      out.assign(block);
      in.consume(block.size());
      globals_[kRT].value = AwkValue::string("");
      return true;
    }
    want = block.size() + std::max<size_t>(1, block.size() / 2);
    if (hit && !in.more()) want = block.size() + 1;
  }
}

bool AwkInterp::read_record(Input& in, std::string& out) {
  if (rs_.empty()) return read_paragraph(in, out);
  if (rs_regex_) return read_by_regex(in, out);
  std::string_view line;
  if (!in.next_line(line, rs_[0])) return false;
  out.assign(line);
  if (prog_.uses_rt) globals_[kRT].value = AwkValue::string(in.terminated() ? rs_ : "");
  return true;
}

bool AwkInterp::read_main_record() {
  if (rs_.empty() || rs_regex_) {
    hold_record();
    if (!read_record(*input_, record_text_)) return false;
    record_ = record_text_;
    return true;
  }
  if (!input_->next_line(record_, rs_[0])) return false;
  if (prog_.uses_rt) globals_[kRT].value = AwkValue::string(input_->terminated() ? rs_ : "");
  return true;
}

void AwkInterp::hold_record() {
  if (record_.data() == record_text_.data()) return;
  record_text_.assign(record_);
  record_ = record_text_;
}

void AwkInterp::close_input() {
  hold_record();
  end_inplace();
  input_.reset();
}

// A file that cannot be read ends the program, unless BEGINFILE goes on to the next.
void AwkInterp::unreadable_file(const std::string& name, Errno e) {
  globals_[kERRNO].value = AwkValue::string(std::string(message(e)));
  globals_[kFILENAME].value = input_value(name);
  globals_[kFNR].value = AwkValue(0.0);
  for (const AwkNode* b : prog_.begin_file) {
    Flow f = exec(b);
    if (pending_ != Flow::Normal) f = std::exchange(pending_, Flow::Normal);
    if (f == Flow::NextFile) return;
    if (f == Flow::Exit) {
      leaving_ = true;
      return;
    }
  }
  fatal("cannot open file `" + name + "' for reading: " + std::string(message(e)));
}

bool AwkInterp::open_next_file() {
  for (;;) {
    auto argc = static_cast<size_t>(globals_[kARGC].value.to_number());
    std::string name = "-";
    if (next_arg_ >= argc) {
      if (used_operand_ || input_done_) return false;
      used_operand_ = true;
    } else {
      AwkValue* v = globals_[kARGV].array ? globals_[kARGV].array->find(std::to_string(next_arg_)) : nullptr;
      globals_[kARGIND].value = AwkValue(static_cast<double>(next_arg_));
      next_arg_++;
      if (!v) continue;
      name.clear();
      append_value(*v, name);
      if (name.empty() || assign_operand(name)) continue;
      used_operand_ = true;
    }
    bool standard = name == "-" || name == "/dev/stdin";
    auto fd = standard ? Result<int>(0) : p_.open(name, kOpenRead);
    auto st = fd ? p_.fstat(*fd) : Result<Stat>(Errno::BADF);
    if (!fd) {
      out_.flush();
      unreadable_file(name, fd.error());
      if (leaving_) return false;
      continue;
    }
    if (st && st->is_dir()) {
      out_.flush();
      globals_[kFNR].value = AwkValue(0.0);
      warning("command line argument `" + name + "' is a directory: skipped");
      (void)p_.close(*fd);
      continue;
    }
    input_ = std::make_unique<Input>(p_, *fd, name, !standard);
    globals_[kFILENAME].value = input_value(name);
    globals_[kFNR].value = AwkValue(0.0);
    globals_[kERRNO].value = AwkValue::string("");
    if (modes_.inplace && !standard) begin_inplace(name);
    bool skip = false;
    for (const AwkNode* b : prog_.begin_file) {
      Flow f = exec(b);
      if (pending_ != Flow::Normal) f = std::exchange(pending_, Flow::Normal);
      if (f == Flow::Exit) {
        leaving_ = true;
        return false;
      }
      skip = skip || f == Flow::NextFile;
    }
    if (!skip) return true;
    finish_file();
    if (leaving_) return false;
  }
}

void AwkInterp::finish_file() {
  for (const AwkNode* b : prog_.end_file) {
    Flow f = exec(b);
    if (pending_ != Flow::Normal) f = std::exchange(pending_, Flow::Normal);
    if (f == Flow::Exit) leaving_ = true;
  }
  close_input();
}

bool AwkInterp::next_record() {
  for (;;) {
    if (leaving_) return false;
    if (!input_ && !open_next_file()) {
      input_done_ = true;
      return false;
    }
    if (read_main_record()) break;
    if (input_->error() != Errno::OK) {
      out_.flush();
      p_.warn("warning: error reading input file `%s': %s", input_->name().c_str(), std::string(message(input_->error())).c_str());
      exit_status_ = 2;
    }
    finish_file();
  }
  record_stale_ = split_ = record_made_ = no_record_ = false;
  for (AwkSpecial counter : {kNR, kFNR}) {
    AwkValue& v = globals_[counter].value;
    if (v.kind == AwkValue::Number) v.number++;
    else v = AwkValue(v.to_number() + 1);
  }
  return true;
}

}  // namespace nacre
