#include "algo/xml_reader.h"

#include <expat.h>

#include <exception>
#include <memory>

#include "base/run_watch.h"

namespace nacre {
namespace {

struct Parse {
  std::string_view text;
  XmlEvents& events;
  XML_Parser parser;
  size_t depth = 0, count = 0, doctype = 0;
  std::exception_ptr thrown;   // never through expat's frames
  std::string why;

  template <class F>
  void guarded(F&& f) {
    if (thrown || !why.empty()) return;
    try {
      if (++count % 4096 == 0 && should_stop()) why = "stopped";
      else f();
    } catch (...) {
      thrown = std::current_exception();
    }
    if (thrown || !why.empty()) XML_StopParser(parser, XML_FALSE);
  }
};

Parse& self(void* data) { return *static_cast<Parse*>(data); }

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  Parse& p = self(data);
  p.guarded([&] {
    if (++p.depth > kXmlNesting) {
      p.why = "elements are nested too deeply";
      return;
    }
    std::vector<std::pair<std::string, std::string>> list;
    for (; attributes[0]; attributes += 2) list.emplace_back(attributes[0], attributes[1]);
    p.events.start(name, list);
  });
}
void on_end(void* data, const XML_Char*) {
  Parse& p = self(data);
  p.guarded([&] {
    p.depth--;
    p.events.end();
  });
}
void on_text(void* data, const XML_Char* s, int n) {
  self(data).guarded([&] { self(data).events.text({s, static_cast<size_t>(n)}); });
}
void on_comment(void* data, const XML_Char* s) {
  self(data).guarded([&] { self(data).events.comment(s); });
}
void on_instruction(void* data, const XML_Char* target, const XML_Char* s) {
  self(data).guarded([&] { self(data).events.instruction(target, s); });
}

std::string_view between(std::string_view text, size_t from, size_t to) {
  return from < to && to <= text.size() ? text.substr(from, to - from) : std::string_view();
}

void on_declaration(void* data, const XML_Char* version, const XML_Char*, int) {
  Parse& p = self(data);
  if (!version) return;
  p.guarded([&] {
    size_t at = p.text.find("<?xml"), end = p.text.find("?>");
    if (at == p.text.npos || end == p.text.npos) return;
    std::string_view s = between(p.text, at + 5, end);
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    p.events.instruction("xml", s);
  });
}
void on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  Parse& p = self(data);
  size_t at = p.text.rfind("<!DOCTYPE", static_cast<size_t>(XML_GetCurrentByteIndex(p.parser)));
  p.doctype = at == p.text.npos ? 0 : at;
}
void on_doctype_end(void* data) {
  Parse& p = self(data);
  p.guarded([&] {
    size_t end = p.text.find('>', static_cast<size_t>(XML_GetCurrentByteIndex(p.parser)));
    if (end != p.text.npos) p.events.directive(between(p.text, p.doctype + 2, end));
  });
}

}  // namespace

bool read_xml(std::string_view text, XmlEvents& events, std::string* error) {
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  Parse p{text, events, parser.get()};
  XML_SetUserData(parser.get(), &p);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetCommentHandler(parser.get(), on_comment);
  XML_SetProcessingInstructionHandler(parser.get(), on_instruction);
  XML_SetXmlDeclHandler(parser.get(), on_declaration);
  XML_SetDoctypeDeclHandler(parser.get(), on_doctype, on_doctype_end);
  constexpr size_t kPiece = 1 << 20;
  for (size_t at = 0; at <= text.size(); at += kPiece) {
    std::string_view piece = text.substr(at, kPiece);
    bool last = at + kPiece > text.size();
    if (XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), last) != XML_STATUS_OK) break;
  }
  if (p.thrown) std::rethrow_exception(p.thrown);
  if (!p.why.empty()) return *error = p.why, false;
  XML_Error code = XML_GetErrorCode(parser.get());
  if (code == XML_ERROR_NONE) return true;
  *error = "XML syntax error on line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) + ": " + XML_ErrorString(code);
  return false;
}

}  // namespace nacre
