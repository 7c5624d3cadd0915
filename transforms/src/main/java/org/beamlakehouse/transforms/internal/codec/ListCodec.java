package org.beamlakehouse.transforms.internal.codec;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;

/** Lists: count, one bit per null element, the other elements. */
record ListCodec(ValueCodec element) implements ValueCodec {

  @Override
  public void write(Object value, ByteOutput out) {
    Collection<?> elements = (Collection<?>) value;
    out.writeUnsigned(elements.size());
    int nulls = out.reserve((elements.size() + 7) >> 3);
    int index = 0;
    for (Object item : elements) {
      if (item == null) {
        out.setBit(nulls, index);
      } else {
        element.write(item, out);
      }
      index++;
    }
  }

  @Override
  public Object read(ByteInput in) {
    int count = in.readLength();
    int nulls = in.position();
    in.skip((count + 7) >> 3);
    Object[] elements = new Object[count];
    for (int i = 0; i < count; i++) {
      elements[i] = in.bit(nulls, i) ? null : element.read(in);
    }
    return Collections.unmodifiableList(Arrays.asList(elements));
  }
}
