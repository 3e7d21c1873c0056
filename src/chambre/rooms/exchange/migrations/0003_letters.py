import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_market'),
        ('registry', '0001_initial'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='ExchangeLetter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=160, unique=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('error', models.CharField(blank=True, default='', max_length=254, verbose_name='why it did not go')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('kind', models.CharField(choices=[('sign', 'to sign'), ('again', 'changed: to sign again'), ('taken-back', 'taken back to be changed'), ('abandoned', 'given up'), ('opened', 'signed by all'), ('next', 'something can be deposited or told now'), ('later', 'a later day is proposed'), ('refused', 'a later day was refused'), ('extended', 'given a later deadline'), ('withdrawn', 'a party withdrew'), ('disputed', 'disputed'), ('decided', 'decided by the mediator'), ('settled', 'settled'), ('part-settled', 'settled in part'), ('returned', 'everything given back'), ('near', 'the last day is near')], max_length=12, verbose_name='about what')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='exchange.exchange')),
                    ('extension', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.extension')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('turn', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.exchangeturn')),
                ],
                options={
                    'verbose_name': 'letter',
                    'ordering': ['id'],
                    'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='exchange_letter_to_send')],
                },
            ),
            migrations.CreateModel(
                name='MarketLetter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=160, unique=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('error', models.CharField(blank=True, default='', max_length=254, verbose_name='why it did not go')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('kind', models.CharField(choices=[('message', 'a message'), ('changed', 'a favourite changed'), ('gone', 'a favourite is over'), ('ring', 'a ring is proposed'), ('ring-near', 'a ring waits for an answer'), ('ring-over', 'a ring is over')], max_length=9, verbose_name='about what')),
                    ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.marketmessage')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('posting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.posting')),
                    ('ring', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.barterring')),
                ],
                options={
                    'verbose_name': 'letter about the market',
                    'ordering': ['id'],
                    'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='exchange_market_to_send')],
                },
            ),
        ]),
    ]
