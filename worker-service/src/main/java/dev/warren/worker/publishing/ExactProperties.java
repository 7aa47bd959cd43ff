package dev.warren.worker.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;

/** Tells no priority from priority 0, which the broker puts behind it. */
public final class ExactProperties extends DefaultMessagePropertiesConverter {

  @Override
  @SuppressWarnings("NullAway") // what AMQP leaves out is null there, too
  public MessageProperties toMessageProperties(
      BasicProperties source, @Nullable Envelope envelope, String charset) {
    var properties = super.toMessageProperties(source, envelope, charset);
    properties.setPriority(source.getPriority());
    return properties;
  }
}
