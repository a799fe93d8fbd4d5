/// Records and fields: reading by RS, splitting by FS, FPAT or FIELDWIDTHS when
/// first asked for, and rebuilding $0 when a field or NF was assigned.
#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/awk/interp.h"

namespace nacre {

AwkInterp::AwkInterp(Process& p, AwkProgram& program) : p_(p), prog_(program), utf8_(p.utf8()), out_(p, 1, 2) {
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
  set(kRLENGTH, -1.0);
  globals_[kENVIRON].array = std::make_shared<AwkArray>();
  for (const auto& e : p.env()) {
    size_t eq = e.find('=');
    if (eq != std::string::npos) globals_[kENVIRON].array->at(e.substr(0, eq)) = AwkValue::input(e.substr(eq + 1));
  }
  globals_[kPROCINFO].array = std::make_shared<AwkArray>();
  globals_[kPROCINFO].array->at("version") = AwkValue::string("5.2.1");
  globals_[kPROCINFO].array->at("pid") = AwkValue(static_cast<double>(p.pid()));
}

AwkInterp::~AwkInterp() = default;

void AwkInterp::set_global(const std::string& name, const AwkValue& v) {
  for (size_t i = 0; i < prog_.globals.size(); i++) {
    if (prog_.globals[i] != name) continue;
    if (globals_[i].array) fatal("fatal: cannot use array `" + name + "' as a variable");
    globals_[i].value = v;
    if (i < kSpecialCount) special_assigned(static_cast<int>(i));
    return;
  }
}

bool AwkInterp::assign_operand(const std::string& s) {
  size_t eq = s.find('=');
  if (eq == std::string::npos || eq == 0 || !(ascii_alpha(s[0]) || s[0] == '_')) return false;
  for (size_t i = 0; i < eq; i++) if (!(ascii_alnum(s[i]) || s[i] == '_')) return false;
  std::string value;
  for (size_t i = eq + 1; i < s.size(); i++) {
    if (s[i] != '\\' || i + 1 == s.size()) { value += s[i]; continue; }
    constexpr std::string_view from = "ntr\\\"/abfv", to = "\n\t\r\\\"/\a\b\f\v";
    size_t k = from.find(s[++i]);
    if (k != std::string_view::npos) { value += to[k]; continue; }
    if (s[i] >= '0' && s[i] <= '7') {
      int v = 0, n = 0;
      for (; n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7'; n++) v = v * 8 + (s[i++] - '0');
      i--;
      value += static_cast<char>(v);
      continue;
    }
    value += '\\';
    value += s[i];
  }
  set_global(s.substr(0, eq), AwkValue::input(value));
  return true;
}

void AwkInterp::special_assigned(int slot) {
  auto str = [&] { std::string s; append_value(globals_[static_cast<size_t>(slot)].value, s); return s; };
  switch (slot) {
    case kNF: set_nf(static_cast<int64_t>(globals_[kNF].value.to_number())); break;
    case kOFS: ofs_ = str(); break;
    case kORS: ors_ = str(); break;
    case kSUBSEP: subsep_ = str(); break;
    case kCONVFMT: convfmt_ = str(); break;
    case kOFMT: ofmt_ = str(); break;
    case kIGNORECASE: fold_ = globals_[kIGNORECASE].value.truth(); break;
    case kRS: {
      rs_ = str();
      rs_regex_.reset();
      if (rs_.size() > 1) {
        std::string error;
        rs_regex_ = Regex::compile(rs_, kRegexExtended | kRegexAwk | (utf8_ ? kRegexUtf8 : 0), &error);
        if (!rs_regex_) fatal("fatal: invalid regexp: " + error + ": /" + rs_ + "/");
      }
      break;
    }
    case kFS: case kFPAT: case kFIELDWIDTHS: {
      // The current record keeps the separator it was read with.
      if (!split_) split_fields();
      std::string s = str();
      std::string error;
      uint32_t flags = kRegexExtended | kRegexAwk | (utf8_ ? kRegexUtf8 : 0);
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
        widths_.clear();
        for (size_t i = 0; i < s.size();) {
          size_t end = std::min(s.find(' ', i), s.size());
          if (end > i) widths_.push_back(static_cast<size_t>(awk_number(std::string_view(s).substr(i, end - i))));
          i = end + 1;
        }
      }
      if (!error.empty()) fatal("fatal: invalid regexp: " + error + ": /" + s + "/");
      break;
    }
    default: break;
  }
}

void AwkInterp::set_record(std::string_view s) {
  record_.assign(s);
  record_stale_ = false;
  split_ = false;
}

void AwkInterp::add_field(size_t offset, size_t length) {
  if (nf_ == fields_.size()) fields_.emplace_back();
  FieldSlot& f = fields_[nf_++];
  f.offset = offset;
  f.length = length;
  if (f.set) {
    f.set = false;
    f.value = {};
  }
}

void AwkInterp::split_fields() {
  split_ = true;
  nf_ = 0;
  const char* s = record_.data();
  size_t n = record_.size();
  if (mode_ == Split::Blanks) {
    for (size_t i = 0;;) {
      while (i < n && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n')) i++;
      if (i == n) break;
      size_t start = i;
      while (i < n && s[i] != ' ' && s[i] != '\t' && s[i] != '\n') i++;
      add_field(start, i - start);
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
  } else if (mode_ == Split::Widths) {
    size_t at = 0;
    for (size_t w : widths_) {
      if (at >= n) break;
      size_t take = std::min(w, n - at);
      add_field(at, take);
      at += take;
    }
  } else if (n > 0) {
    std::vector<std::pair<size_t, size_t>> parts;
    if (mode_ == Split::Pattern) {
      RegexSpan m[1];
      for (size_t at = 0; at <= n && fs_regex_->match(record_, at, m);) {
        parts.push_back({m[0].begin, m[0].size()});
        at = m[0].size() ? m[0].end : m[0].end + 1;
        if (m[0].size() && at < n) at++;
      }
    } else {
      split_text(record_, fs_, true, parts);
    }
    for (auto& part : parts) add_field(part.first, part.second);
  }
  globals_[kNF].value = AwkValue(static_cast<double>(nf_));
}

// Cuts s at matches of fs: " " blanks, one character, "" every character, or a regular expression.
void AwkInterp::split_text(std::string_view s, const std::string& fs, bool of_record, std::vector<std::pair<size_t, size_t>>& out) {
  if (s.empty()) return;
  if (fs == " ") {
    for (size_t i = 0;;) {
      while (i < s.size() && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n')) i++;
      if (i == s.size()) return;
      size_t start = i;
      while (i < s.size() && s[i] != ' ' && s[i] != '\t' && s[i] != '\n') i++;
      out.push_back({start, i - start});
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
      if (m[0].size() == 0) { at = m[0].end + 1; continue; }
      out.push_back({start, m[0].begin - start});
      start = at = m[0].end;
    }
  }
  out.push_back({start, s.size() - start});
}

std::string_view AwkInterp::field_view(int64_t i) {
  if (i == 0) {
    if (record_stale_) rebuild_record();
    return record_;
  }
  return {};
}

AwkValue AwkInterp::field(int64_t i) {
  if (i == 0) return AwkValue::input(field_view(0));
  if (!split_) split_fields();
  if (static_cast<size_t>(i) > nf_) return AwkValue();
  FieldSlot& f = fields_[static_cast<size_t>(i) - 1];
  if (f.set) return f.value;
  return AwkValue::input({record_.data() + f.offset, f.length});
}

// Fields as values of their own, so that the record's bytes may change.
void AwkInterp::set_nf(int64_t n) {
  if (!split_) split_fields();
  if (n < 0) fatal("fatal: NF set to negative value");
  for (size_t i = 0; i < nf_; i++) {
    FieldSlot& f = fields_[i];
    if (f.set) continue;
    f.value = AwkValue::input({record_.data() + f.offset, f.length});
    f.set = true;
  }
  while (fields_.size() < static_cast<size_t>(n)) fields_.emplace_back();
  for (size_t i = nf_; i < static_cast<size_t>(n); i++) {
    fields_[i].set = true;
    fields_[i].value = AwkValue::input("");
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
  record_ = std::move(s);
  record_stale_ = false;
}

// ---- reading

bool AwkInterp::read_paragraph(Input& in, std::string& out) {
  std::string_view line;
  out.clear();
  do {
    if (!in.next_line(line)) return false;
  } while (line.empty());
  out.assign(line);
  while (in.next_line(line) && !line.empty()) {
    out += '\n';
    out += line;
  }
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
      globals_[kRT].value = AwkValue::string(std::string(block.substr(m[0].begin, m[0].size())));
      in.consume(m[0].end);
      return true;
    }
    if (at_end) {
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
  // RS other than newline: the file's last newline stays, as in gawk.
  globals_[kRT].value = AwkValue();
  return true;
}

bool AwkInterp::open_next_file() {
  for (;;) {
    auto argc = static_cast<size_t>(globals_[kARGC].value.to_number());
    if (next_arg_ >= argc) {
      if (used_operand_ || input_done_) return false;
      used_operand_ = true;
      input_ = std::make_unique<Input>(p_, 0, "-", false);
      globals_[kFILENAME].value = AwkValue::input("");
      break;
    }
    AwkValue* v = globals_[kARGV].array ? globals_[kARGV].array->find(std::to_string(next_arg_)) : nullptr;
    next_arg_++;
    if (!v) continue;
    std::string name;
    append_value(*v, name);
    if (name.empty()) continue;
    if (assign_operand(name)) continue;
    if (name.find('=') != std::string::npos && (ascii_alpha(name[0]) || name[0] == '_') && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == name.find('=')) continue;
    used_operand_ = true;
    auto fd = name == "-" ? Result<int>(0) : p_.open(name, kOpenRead);
    auto st = fd ? p_.fstat(*fd) : Result<Stat>(Errno::BADF);
    if (!fd) {
      out_.flush();
      p_.warn("warning: cannot open file `%s' for reading: %s", name.c_str(), std::string(message(fd.error())).c_str());
      exit_status_ = 2;
      continue;
    }
    if (st && st->is_dir()) {
      p_.warn("warning: command line argument `%s' is a directory: skipped", name.c_str());
      (void)p_.close(*fd);
      continue;
    }
    input_ = std::make_unique<Input>(p_, *fd, name, name != "-");
    globals_[kFILENAME].value = AwkValue::input(name);
    break;
  }
  globals_[kFNR].value = AwkValue(0.0);
  for (const AwkNode* b : prog_.begin_file) exec(b);
  return true;
}

bool AwkInterp::next_record() {
  for (;;) {
    if (!input_ && !open_next_file()) { input_done_ = true; return false; }
    if (read_record(*input_, record_)) break;
    if (input_->error() != Errno::OK) {
      p_.warn("warning: error reading input file `%s': %s", input_->name().c_str(), std::string(message(input_->error())).c_str());
      exit_status_ = 2;
    }
    for (const AwkNode* b : prog_.end_file) exec(b);
    input_.reset();
  }
  record_stale_ = split_ = false;
  globals_[kNR].value = AwkValue(globals_[kNR].value.to_number() + 1);
  globals_[kFNR].value = AwkValue(globals_[kFNR].value.to_number() + 1);
  return true;
}

}  // namespace nacre
