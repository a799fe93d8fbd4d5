#include "algo/yaml_reader.h"

#include <yaml.h>

#include "base/run_watch.h"

namespace nacre {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string text_of(const yaml_char_t* s) { return s ? reinterpret_cast<const char*>(s) : ""; }

YamlEvent::Style style_of(yaml_scalar_style_t s) {
  switch (s) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return YamlEvent::Style::Single;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return YamlEvent::Style::Double;
    case YAML_LITERAL_SCALAR_STYLE: return YamlEvent::Style::Literal;
    case YAML_FOLDED_SCALAR_STYLE: return YamlEvent::Style::Folded;
    default: return YamlEvent::Style::Plain;
  }
}

}  // namespace

struct YamlReader::Impl {
  yaml_parser_t parser;
};

YamlReader::YamlReader(std::string_view text) : text_(text), impl_(std::make_unique<Impl>()) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  known_offset_ = 0;
  for (char c : text_)
    if (static_cast<unsigned char>(c) >= 0x80) {
      ascii_ = false;
      break;
    }
  yaml_parser_initialize(&impl_->parser);
  yaml_parser_set_encoding(&impl_->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&impl_->parser, reinterpret_cast<const unsigned char*>(text_.data()), text_.size());
}

YamlReader::~YamlReader() { yaml_parser_delete(&impl_->parser); }

size_t YamlReader::byte_offset(size_t index) {
  if (ascii_) return index;
  while (known_index_ < index && known_offset_ < text_.size()) {
    known_offset_++;
    while (known_offset_ < text_.size() && continues(text_[known_offset_])) known_offset_++;
    known_index_++;
  }
  while (known_index_ > index) {
    known_offset_--;
    while (known_offset_ > 0 && continues(text_[known_offset_])) known_offset_--;
    known_index_--;
  }
  return known_offset_;
}

YamlMark YamlReader::mark(size_t index, size_t line, size_t column) {
  return {std::min(byte_offset(index), text_.size()), static_cast<uint32_t>(line), static_cast<uint32_t>(column)};
}

// The line is the one that go-yaml names.
void YamlReader::explain() {
  const yaml_parser_t& p = impl_->parser;
  size_t line = p.context_mark.line ? p.context_mark.line : p.problem_mark.line;
  if (line && p.error == YAML_SCANNER_ERROR) line++;
  if (line) error_ = "line " + std::to_string(line) + ": ";
  error_ += p.problem && *p.problem ? p.problem : "unknown problem parsing YAML content";
}

bool YamlReader::next(YamlEvent& out) {
  if (!error_.empty()) return false;
  yaml_event_t e;
  do {
    if (++events_ % 4096 == 0 && should_stop()) {
      error_ = "stopped";
      return false;
    }
    if (!yaml_parser_parse(&impl_->parser, &e)) {
      explain();
      return false;
    }
  } while (e.type == YAML_STREAM_START_EVENT);
  struct Guard {
    yaml_event_t* e;
    ~Guard() { yaml_event_delete(e); }
  } guard{&e};
  out = YamlEvent{};
  out.begin = mark(e.start_mark.index, e.start_mark.line, e.start_mark.column);
  out.end = mark(e.end_mark.index, e.end_mark.line, e.end_mark.column);
  switch (e.type) {
    case YAML_DOCUMENT_START_EVENT:
      out.type = YamlEvent::Type::DocumentStart;
      out.implicit = e.data.document_start.implicit;
      break;
    case YAML_DOCUMENT_END_EVENT:
      out.type = YamlEvent::Type::DocumentEnd;
      out.implicit = e.data.document_end.implicit;
      break;
    case YAML_ALIAS_EVENT:
      out.type = YamlEvent::Type::Alias;
      out.anchor = text_of(e.data.alias.anchor);
      break;
    case YAML_SCALAR_EVENT:
      out.type = YamlEvent::Type::Scalar;
      out.anchor = text_of(e.data.scalar.anchor);
      out.tag = text_of(e.data.scalar.tag);
      out.value.assign(reinterpret_cast<const char*>(e.data.scalar.value), e.data.scalar.length);
      out.style = style_of(e.data.scalar.style);
      break;
    case YAML_SEQUENCE_START_EVENT:
      out.type = YamlEvent::Type::SequenceStart;
      out.anchor = text_of(e.data.sequence_start.anchor);
      out.tag = text_of(e.data.sequence_start.tag);
      if (e.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE) out.style = YamlEvent::Style::Flow;
      depth_++;
      break;
    case YAML_MAPPING_START_EVENT:
      out.type = YamlEvent::Type::MappingStart;
      out.anchor = text_of(e.data.mapping_start.anchor);
      out.tag = text_of(e.data.mapping_start.tag);
      if (e.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE) out.style = YamlEvent::Style::Flow;
      depth_++;
      break;
    case YAML_SEQUENCE_END_EVENT:
      out.type = YamlEvent::Type::SequenceEnd;
      depth_--;
      break;
    case YAML_MAPPING_END_EVENT:
      out.type = YamlEvent::Type::MappingEnd;
      depth_--;
      break;
    default: out.type = YamlEvent::Type::StreamEnd;
  }
  if (depth_ > kYamlNesting) {
    error_ = "line " + std::to_string(out.begin.line + 1) + ": exceeded max depth of " + std::to_string(kYamlNesting);
    return false;
  }
  return true;
}

}  // namespace nacre
