#include <algorithm>
#include <cstring>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/tree/tree.h"

namespace nacre {
namespace {

constexpr char kColors[] =
    "no=00:fi=00:di=01;34:ln=01;36:pi=40;33:so=01;35:bd=40;33;01:cd=40;33;01:or=40;31;01:ex=01;32:"
    "*.bat=01;32:*.BAT=01;32:*.btm=01;32:*.BTM=01;32:*.cmd=01;32:*.CMD=01;32:*.com=01;32:*.COM=01;32:*.dll=01;32:*.DLL=01;32:*.exe=01;32:*.EXE=01;32:"
    "*.arj=01;31:*.bz2=01;31:*.deb=01;31:*.gz=01;31:*.lzh=01;31:*.rpm=01;31:*.tar=01;31:*.taz=01;31:*.tb2=01;31:*.tbz2=01;31:*.tbz=01;31:"
    "*.tgz=01;31:*.tz2=01;31:*.z=01;31:*.Z=01;31:*.zip=01;31:*.ZIP=01;31:*.zoo=01;31:"
    "*.asf=01;35:*.ASF=01;35:*.avi=01;35:*.AVI=01;35:*.bmp=01;35:*.BMP=01;35:*.flac=01;35:*.FLAC=01;35:*.gif=01;35:*.GIF=01;35:*.jpg=01;35:*.JPG=01;35:"
    "*.jpeg=01;35:*.JPEG=01;35:*.m2a=01;35:*.M2a=01;35:*.mov=01;35:*.MOV=01;35:*.mp3=01;35:*.MP3=01;35:*.mpeg=01;35:*.MPEG=01;35:*.mpg=01;35:*.MPG=01;35:"
    "*.ogg=01;35:*.OGG=01;35:*.ppm=01;35:*.rm=01;35:*.RM=01;35:*.tga=01;35:*.TGA=01;35:*.tif=01;35:*.TIF=01;35:*.wav=01;35:*.WAV=01;35:*.wmv=01;35:"
    "*.WMV=01;35:*.xbm=01;35:*.xpm=01;35";

}  // namespace

TreePrinter::TreePrinter(Process& p, const TreeOptions& o, Output& out) : p_(p), o_(o), out_(out), accounts_(p), zone_(process_zone(p)), now_(p.now().sec) {
  charset_ = !o.charset.empty() ? o.charset : p.utf8() ? "UTF-8" : "";
  lines_ = o.ansi_lines ? TreeLines{"x  ", "tqq", "mqq"} : tree_lines(charset_);
  colors_ = o.style == TreeOptions::Text && p.getenv("TERM") && (o.color || (!o.color_never && p.isatty(1) && !o.output));
  if (colors_) read_colors();
}

void TreePrinter::read_colors() {
  const char* given = p_.getenv("TREE_COLORS");
  if (!given) given = p_.getenv("LS_COLORS");
  std::string text = given && *given ? given : kColors;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find(':', at), text.size()), eq = text.find('=', at);
    if (eq < end) color_[text.substr(at, eq - at)] = text.substr(eq + 1, end - eq - 1);
    at = end + 1;
  }
}

std::string TreePrinter::color_of(const Stat* st, const std::string& name, bool broken) const {
  auto of = [&](const char* key) {
    auto at = color_.find(std::string_view(key));
    return at == color_.end() ? std::string() : at->second;
  };
  if (!st) return broken ? of("mi").empty() ? of("no") : of("mi") : of("fi");
  switch (st->type) {
    case FileType::Directory: {
      bool sticky = st->mode & 01000, open = st->mode & 2;
      if (sticky && open && !of("tw").empty()) return of("tw");
      if (sticky && !open && !of("st").empty()) return of("st");
      if (open && !sticky && !of("ow").empty()) return of("ow");
      return of("di");
    }
    case FileType::Symlink: return of("ln");
    case FileType::Fifo: return of("pi");
    case FileType::Socket: return of("so");
    case FileType::BlockDevice: return of("bd");
    case FileType::CharDevice: return of("cd");
    default: break;
  }
  if (st->mode & 04000 && !of("su").empty()) return of("su");
  if (st->mode & 02000 && !of("sg").empty()) return of("sg");
  if (st->mode & 0111 && !of("ex").empty()) return of("ex");
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    if (auto at = color_.find("*" + name.substr(dot)); at != color_.end()) return at->second;
  }
  return of("fi");
}

std::string TreePrinter::color_of(const TreeEntry& e, bool target) const {
  if (!colors_) return "";
  if (target) return color_of(e.target_st ? &*e.target_st : nullptr, e.target, true);
  bool orphan = e.st.type == FileType::Symlink && !e.target_st;
  if (auto at = color_.find("or"); orphan && at != color_.end()) return at->second;
  return color_of(&e.st, e.name, false);
}

// Names on a terminal: what cannot be printed is shown by its number.
std::string TreePrinter::escaped(const std::string& text) const {
  if (o_.raw) return o_.quote ? "\"" + text + "\"" : text;
  std::string out = o_.quote ? "\"" : "";
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (p_.utf8()) {
      auto d = utf8::decode(std::string_view(text).substr(i));
      if (d.valid && (d.code < 0x80 ? c >= ' ' && c < 0x7f : in_class(d.code, CharClass::Print))) {
        out += text.substr(i, d.length);
      } else {
        for (size_t k = 0; k < d.length; k++) {
          char octal[8];
          std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(text[i + k]));
          if (!o_.hide_odd) out += octal;
          else if (!d.valid) out += text[i + k];
        }
        if (o_.hide_odd && d.valid) out += '?';
      }
      i += d.length;
      continue;
    }
    constexpr std::string_view from = "\a\b\f\n\r\t\v\\", to = "abfnrtv\\";
    size_t k = from.find(static_cast<char>(c));
    bool odd = c < ' ' || c >= 0x7f;
    if (k != std::string_view::npos) out += std::string("\\") + to[k];
    else if (o_.hide_odd && odd) out += '?';
    else if (c == '"' && o_.quote) out += "\\\"";
    else if (c == ' ' && !o_.quote) out += "\\ ";
    else if (odd) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", c);
      out += octal;
    } else out += static_cast<char>(c);
    i++;
  }
  return o_.quote ? out + "\"" : out;
}

void TreePrinter::name(const std::string& text, const std::string& color) {
  if (!color.empty()) out_.write("\033[" + color + "m");
  out_.write(escaped(text));
  if (!color.empty()) out_.write("\033[0m");
}

std::string TreePrinter::size_text(uint64_t size) const {
  char text[32];
  if (!o_.human && !o_.si) {
    std::snprintf(text, sizeof text, " %11llu", static_cast<unsigned long long>(size));
    return text;
  }
  uint64_t base = o_.si ? 1000 : 1024;
  if (size < base) {
    std::snprintf(text, sizeof text, " %4d", static_cast<int>(size));
    return text;
  }
  const char* units = o_.si ? "dkMGTPEZY" : "BKMGTPEZY";
  size_t k = 1;
  for (; size >= base * base; size /= base) k++;
  bool small = size / base < 10;
  std::snprintf(text, sizeof text, small ? " %3.1f%c" : " %3.0f%c", static_cast<double>(size) / static_cast<double>(base), units[k]);
  return text;
}

std::string TreePrinter::time_text(const Stat& st) const {
  Timespec t = o_.change_time ? st.ctime : st.mtime;
  constexpr int64_t kHalfYear = 6 * 31 * 24 * 60 * 60;
  std::string format = !o_.time_format.empty() ? o_.time_format : t.sec > now_ || t.sec + kHalfYear < now_ ? "%b %e  %Y" : "%b %e %H:%M";
  return format_time(format, zone_.local(t.sec), t.sec, static_cast<int32_t>(t.nsec));
}

std::string TreePrinter::meta(const TreeEntry& e) {
  std::string out;
  char text[64];
  auto padded = [&](const std::string& s) {
    std::snprintf(text, sizeof text, " %-8.32s", s.c_str());
    return std::string(text);
  };
  if (o_.inode) {
    std::snprintf(text, sizeof text, " %7lld", static_cast<long long>(e.st.ino));
    out += text;
  }
  if (o_.device) {
    std::snprintf(text, sizeof text, " %3d", static_cast<int>(e.st.dev));
    out += text;
  }
  if (o_.mode) out += " " + mode_text(e.st);
  if (o_.user) out += padded(accounts_.user_name(e.st.uid));
  if (o_.group) out += padded(accounts_.group_name(e.st.gid));
  if (o_.size) out += size_text(e.st.size);
  if (o_.time) out += " " + time_text(e.st);
  if (!out.empty()) out[0] = '[';
  return out.empty() ? "" : out + "]  ";
}

const char* TreePrinter::suffix(const Stat& st) const {
  if (!o_.classify) return "";
  switch (st.type) {
    case FileType::Directory: return "/";
    case FileType::Fifo: return "|";
    case FileType::Socket: return "=";
    case FileType::Regular: return st.mode & 0111 ? "*" : "";
    default: return "";
  }
}

std::string TreePrinter::drawn(const std::string& prefix) const { return o_.ansi_lines && !prefix.empty() ? "\033(0" + prefix + "\033(B" : prefix; }

std::string TreePrinter::join(const std::string& path, const std::string& name) const { return o_.full_path ? join_path(path, name) : name; }

void TreePrinter::line(const TreeEntry& e, const std::string& shown, const std::string& prefix) {
  std::string info = meta(e);
  if (o_.meta_first) out_.write(info);
  if (!o_.no_lines) out_.write(drawn(prefix));
  if (!o_.meta_first) out_.write(info);
  name(shown, color_of(e, false));
  bool link = e.st.type == FileType::Symlink && !e.target.empty();
  if (!link) out_.write(suffix(e.st));
  if (link) {
    out_.write(" -> ");
    name(e.target, color_of(e, true));
    if (e.target_st) out_.write(suffix(*e.target_st));
  }
  if (e.error) out_.format("  [%s]", e.error);
  if (!e.note.empty()) out_.write("  [" + e.note + "]");
  out_.put('\n');
}

void TreePrinter::below(const std::vector<TreeEntry>& entries, const std::string& path, const std::string& prefix) {
  for (const auto& e : entries) {
    bool last = &e == &entries.back();
    std::string here = join_path(path, e.name);
    p_.tick(static_cast<uint32_t>(2 + prefix.size() / 32));
    count(e);
    line(e, join(path, e.name), prefix + (last ? lines_.corner : lines_.branch) + " ");
    if (e.children.empty()) continue;
    deep_call([&] { below(e.children, here, prefix + (last ? "   " : lines_.down) + " "); });
  }
}

void TreePrinter::begin() {
  if (o_.style == TreeOptions::Json) out_.write("[\n");
  if (o_.style == TreeOptions::Xml) out_.write("<?xml version=\"1.0\"" + (charset_.empty() ? "" : " encoding=\"" + charset_ + "\"") + "?>\n<tree>\n");
  if (o_.style == TreeOptions::Html) html_begin();
}

void TreePrinter::root(const TreeEntry& e, bool missing, bool last) {
  if (missing && o_.style == TreeOptions::Html) return html_root(e, true);
  if (missing && o_.style == TreeOptions::Text) {
    name(e.name, "");
    out_.write("  [error opening dir]\n");
    return;
  }
  // An empty directory is not counted; a list is.
  if (e.listed) dirs++;
  else if (e.is_dir && !e.error) dirs += !e.children.empty() || !e.note.empty();
  else files += !missing;
  if (e.children.empty()) bytes += e.st.size;
  if (o_.style == TreeOptions::Json) return json(e, e.name, e.name, 1, last);
  if (o_.style == TreeOptions::Xml) return xml(e, e.name, e.name, 1);
  if (o_.style == TreeOptions::Html) return html_root(e, false);
  line(e, o_.full_path ? std::string(without_trailing_slashes(e.name)) : e.name, "");
  below(e.children, e.name, "");
}

void TreePrinter::end() {
  auto counted = [](size_t n, const char* one, const char* many) { return std::to_string(n) + " " + (n == 1 ? one : many); };
  switch (o_.style) {
    case TreeOptions::Json:
      if (!o_.no_report) {
        out_.write(",\n  {\"type\":\"report\"");
        if (o_.sums) out_.format(",\"size\":%llu", static_cast<unsigned long long>(bytes));
        out_.format(",\"directories\":%zu", dirs);
        if (!o_.dirs_only) out_.format(",\"files\":%zu", files);
        out_.put('}');
      }
      out_.write("\n]\n");
      return;
    case TreeOptions::Xml:
      if (!o_.no_report) {
        out_.write("  <report>\n");
        if (o_.sums) out_.format("    <size>%llu</size>\n", static_cast<unsigned long long>(bytes));
        out_.format("    <directories>%zu</directories>\n", dirs);
        if (!o_.dirs_only) out_.format("    <files>%zu</files>\n", files);
        out_.write("  </report>\n");
      }
      out_.write("</tree>\n");
      return;
    default:
      if (o_.no_report) return o_.style == TreeOptions::Html ? html_end() : void();
      if (o_.style == TreeOptions::Html) out_.write("<br><br><p>\n");
      out_.put('\n');
      if (o_.sums) out_.write(size_text(bytes) + (o_.human ? " used in " : " bytes used in "));
      out_.write(counted(dirs, "directory", "directories") + (o_.dirs_only ? "" : ", " + counted(files, "file", "files")) + "\n");
      if (o_.style == TreeOptions::Html) {
        out_.write("\n</p>\n");
        html_end();
      }
  }
}

}  // namespace nacre
